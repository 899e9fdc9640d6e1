import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptcoder.cli.table import Cell, table_lines

_TEXT = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=12)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table_lines(("NAME", "STATE"), [("a-long-name", "running"), ("b", "")], io.StringIO()) == [
        "NAME         STATE",
        "a-long-name  running",
        "b",
    ]


def test_styles_do_not_count_as_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines = table_lines(("A", "B"), [(Cell("xx", "green"), "1"), ("yyy", "2")], _Terminal())
    assert lines[1] == "\x1b[32mxx\x1b[0m   1"
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in lines] == ["A    B", "xx   1", "yyy  2"]


@given(st.lists(st.tuples(_TEXT, _TEXT, _TEXT), max_size=8))
def test_every_column_begins_where_its_heading_does(rows: list[tuple[str, str, str]]) -> None:
    head, *lines = table_lines(("1", "2", "3"), rows, io.StringIO())
    starts = [head.index(each) for each in "123"]
    assert [[line[start:].split(" ")[0] for start in starts] for line in lines] == [list(row) for row in rows]
