"""Progress: what stays, what goes, and that a log cannot steer the terminal."""

import io
import re
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptcoder.cli.live_region import LiveRegion, plain_text
from sptcoder.cli.phases import Phases


class _Utf8(io.StringIO):
    encoding = "utf-8"


class _Ascii(io.StringIO):
    encoding = "ascii"


def _phases(stream: io.StringIO, *, live: bool = False) -> Phases:
    ticks = count()
    return Phases(stream, live=live, clock=lambda: float(next(ticks)), sleep=lambda _: None)


def test_without_a_terminal_every_line_stays() -> None:
    stream = _Utf8()
    phases = _phases(stream)
    with phases.phase("Build") as phase:
        phase.log("one")
        phase.log("\x1b[31mtwo\x1b[0m")
        phase.log("   ")
        phase.say("3 added")
    phases.note("a word in between")
    assert stream.getvalue().splitlines() == [
        "Build ...",
        "    one",
        "    two",
        "✓ Build          1.0 s  3 added",
        "a word in between",
    ]
    assert [(record.name, record.seconds, record.succeeded) for record in phases.finished] == [("Build", 1.0, True)]


def test_a_phase_that_fails_is_marked_and_the_error_goes_on() -> None:
    stream = _Ascii()
    phases = _phases(stream)
    with pytest.raises(ValueError, match="no"), phases.phase("Agent"):
        raise ValueError("no")
    assert stream.getvalue().splitlines()[-1] == "no Agent          1.0 s"
    assert not phases.finished[0].succeeded


def test_on_a_terminal_log_lines_go_with_their_phase() -> None:
    stream = _Utf8()
    phases = _phases(stream, live=True)
    with phases.phase("Build") as phase:
        for number in range(20):
            phase.log(f"line {number}")
        phases.sleep(2.5)
    shown = _screen(stream.getvalue())
    assert len(shown) == 1
    assert shown[0].startswith("✓ Build")


def test_a_note_on_a_terminal_stands_above_the_phase_and_stays() -> None:
    stream = _Utf8()
    phases = _phases(stream, live=True)
    with phases.phase("Build") as phase:
        phase.log("one")
        phases.note("remember this")
        assert _screen(stream.getvalue())[0] == "remember this"
    assert [line[:8] for line in _screen(stream.getvalue())] == ["remember", "✓ Build "]


def test_long_lines_do_not_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = _Utf8()
    LiveRegion(stream).draw([("x" * 50, None), ("\u4e16" * 30, None)])
    assert stream.getvalue().splitlines() == ["x" * 19, "\u4e16" * 9]


@given(st.text())
def test_nothing_of_a_log_steers_the_terminal(text: str) -> None:
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in plain_text(text))


def _screen(written: str) -> list[str]:
    """Return what a terminal shows in the end; it knows what the region writes: up, to the left, erase below."""
    rows: list[str] = [""]
    at = 0
    for part in re.split(r"(\x1b\[\d*[AJ]|\n)", written.replace("\r", "")):
        if part == "\n":
            at += 1
            rows += [""] * (at + 1 - len(rows))
        elif part.endswith("A") and part.startswith("\x1b"):
            at -= int(part[2:-1])
        elif part == "\x1b[J":
            rows = [*rows[:at], ""]
        elif part:
            rows[at] = part
    return [row for row in rows if row]
