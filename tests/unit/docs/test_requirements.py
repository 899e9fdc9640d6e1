"""docs/requirements.md: complete, well-formed, and every file and test it names is there."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.unit.docs.requirement_table import Requirement, parse_requirements

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "requirements.md").read_text()
ROWS = parse_requirements(PAGE)

_STATE = re.compile(r"done|planned|(kept as|replaced by) \S.*; (done|planned)|dropped because \S.*")
_TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<function>test_\w+)`")

_LISTED = [f"{seed}:FR{n}" for seed in ("000", "001") for n in range(1, 21)] + [
    f"{seed}:NFR{n}" for seed in ("000", "001") for n in range(1, 10)
]
_STORIES = {
    "1.1": 3, "1.2": 4, "1.3": 3, "2.1": 4, "2.2": 5, "2.3": 4, "2.4": 3,
    "3.1": 4, "3.2": 4, "3.3": 4, "4.1": 4, "4.2": 3, "4.3": 3,
}  # fmt: skip
"""000: number of outcomes of each story."""

_CHECKPOINTS = [f"004:C-{n:02}" for n in range(1, 21)]

_PHASE_STEPS = (
    "516 520-521 526 529 532-536 553 577-581 584-585 590-591 595-599 616-622 629-632 646 649 651 654-657 "
    "666-671 677 681-683 687-689 705 708-710 713 718 730-731 733 737-738 742-743 747 760-761 771 775-778 "
    "793-794 797 800 803-804 816 820 822 825-826 838 846 850 862 866 870-872 884 891 902-903 915 921 926 "
    "930-932"
)
"""003: lines of the numbered scope steps of phases 0 to 13, as ranges."""

_PHASE_CRITERIA = (
    "556-563 570-571 602-610 635-640 660-663 692-699 721-724 750-754 781-787 807-810 829-832 853-856 "
    "875-878 906-909 935-938"
)
"""003: lines of the acceptance criteria of the phases."""

_RISK_MEASURES = (
    "1026 1030-1031 1043 1047-1050 1062 1074 1078-1081 1093-1098 1110-1114 1126-1130 1142-1147 1159-1163 "
    "1175-1179 1191-1195"
)
"""003: lines of the measures against the ten risks."""

_CHECKLIST = "1607-1628 1631-1634 1637-1653 1656-1664 1667-1673 1676-1679 1682-1686 1689-1696"
"""003: lines of the boxes of the testing checklist."""

_SUCCESS = "1702-1712"
"""003: lines of the success criteria."""


def _is_done(row: Requirement) -> bool:
    return row.state == "done" or row.state.endswith("; done")


def _kind(row: Requirement) -> str:
    return re.split(r" as | by | because ", row.state)[0]


def _lines_of_003() -> list[str]:
    lines: list[str] = []
    for part in f"{_PHASE_STEPS} {_PHASE_CRITERIA} {_RISK_MEASURES} {_CHECKLIST} {_SUCCESS}".split():
        first, _, last = part.partition("-")
        lines += [f"003:{line}" for line in range(int(first), int(last or first) + 1)]
    return lines


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_ids_are_unique() -> None:
    counted = Counter(single for row in ROWS for single in row.ids)
    assert [single for single, times in counted.items() if times > 1] == []


def test_every_state_is_one_of_the_allowed() -> None:
    assert [row for row in ROWS if not _STATE.fullmatch(row.state)] == []


@pytest.mark.parametrize(
    "expected",
    [
        _LISTED,
        [f"000:S{story}.{n}" for story, count in _STORIES.items() for n in range(1, count + 1)],
        _lines_of_003(),
        _CHECKPOINTS,
    ],
    ids=["listed requirements", "story outcomes", "phases, risks and checklist", "checkpoints"],
)
def test_every_requirement_of_the_seeds_has_a_row(expected: list[str]) -> None:
    present = {single for row in ROWS for single in row.ids}
    assert [single for single in expected if single not in present] == []


def test_every_named_test_exists() -> None:
    missing = []
    for row in ROWS:
        if row.test == "-":
            continue
        references = list(_TEST.finditer(row.test))
        assert references, f"{row.ids}: {row.test!r} is neither '-' nor a test"
        for found in references:
            file = ROOT / found["file"]
            if not file.exists() or found["function"] not in _functions(file):
                missing.append((row.ids, found[0]))
    assert missing == []


def test_what_is_done_names_its_test_and_an_existing_file() -> None:
    wanting = [
        row
        for row in ROWS
        if _is_done(row)
        and (row.test == "-" or not any((ROOT / path).exists() for path in re.findall(r"`([^`]+)`", row.where)))
    ]
    assert wanting == []


def test_what_is_not_done_claims_no_test() -> None:
    assert [row for row in ROWS if not _is_done(row) and row.test != "-"] == []


def test_a_decision_referred_to_is_one_of_the_list() -> None:
    decisions = {row.ids[0] for row in ROWS if re.fullmatch(r"D\d+", row.ids[0])}
    used = {name for row in ROWS for name in re.findall(r"\((D\d+)\)", row.state)}
    assert used <= decisions


def test_the_summary_counts_the_rows() -> None:
    done = sum(_is_done(row) for row in ROWS)
    dropped = sum(_kind(row) == "dropped" for row in ROWS)
    assert f"{len(ROWS)} rows: {done} done, {len(ROWS) - done - dropped} planned, {dropped} dropped." in PAGE


def test_a_malformed_row_is_noticed() -> None:
    table = "| Id | Requirement | State | Where | Test |\n|---|---|---|---|---|\n| 000:FR1 | a | done | - |\n"
    with pytest.raises(ValueError, match="4 cells"):
        parse_requirements(table)


def test_an_id_cell_is_spelled_out() -> None:
    table = "| Id | Requirement | State | Where | Test |\n|---|---|---|---|---|\n| 003:5-7, 9 | a | done | - | - |\n"
    assert parse_requirements(table)[0].ids == ("003:5", "003:6", "003:7", "003:9")
