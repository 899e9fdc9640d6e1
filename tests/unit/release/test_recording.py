"""The recording: what a terminal shows of what a program writes, and a picture that plays."""

import sys
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SptFlowError
from release.recording import record
from release.recording_svg import Frame, recording_svg
from release.terminal_screen import Screen

SVG = "{http://www.w3.org/2000/svg}"


def _shown(*parts: str) -> list[str]:
    screen = Screen(20)
    for part in parts:
        screen.feed(part)
    return ["".join(cell.character for cell in line) for line in screen.lines()]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("waiting\rdone   \r\n", ["done   "]),
        ("a\r\nb\r\n\x1b[2A\r\x1b[Jc\r\n", ["c"]),
        ("x" * 30, ["x" * 20]),
        ("\x1b[1mbold\x1b[0m \x1b]0;title\x07plain", ["bold plain"]),
        ("left\x1b[3Gx", ["lext"]),
        ("abc\r\x1b[K", []),
    ],
)
def test_the_screen_shows_what_a_terminal_shows(written: str, shown: list[str]) -> None:
    assert _shown(written) == shown


def test_styles_are_kept_until_they_end() -> None:
    screen = Screen()
    screen.feed("\x1b[1;31mE\x1b[0m \x1b[2md")
    assert [sorted(cell.styles) for cell in screen.lines()[0]] == [["bold", "red"], [], ["dim"]]


@given(st.text(alphabet="ab\r\n\x1b[0123;mAJKG ", max_size=60), st.integers(0, 60))
def test_it_makes_no_difference_where_the_output_is_cut(written: str, place: int) -> None:
    assert _shown(written) == _shown(written[:place], written[place:])


def test_the_picture_plays_and_ends_with_the_last_frame() -> None:
    screen = Screen()
    screen.feed("<one> & two")
    frames = [Frame(0.0, ()), Frame(1.5, screen.lines())]
    root = ET.fromstring(recording_svg(frames, title="a & b", description="c"))  # noqa: S314 - made here
    pictures = root.findall(f"{SVG}g")
    assert [picture.get("visibility") for picture in pictures] == ["hidden", "visible"]
    assert "".join(pictures[1].itertext()) == "<one> & two"
    times = [picture.find(f"{SVG}animate") for picture in pictures]
    assert [each.get("keyTimes") for each in times if each is not None] == ["0;0.00000;0.20000", "0;0.20000;1.00000"]
    assert root.findtext(f"{SVG}title") == "a & b"


def test_a_real_run_is_recorded_on_a_terminal() -> None:
    program = "import sys, time; print(sys.stdout.isatty()); time.sleep(0.6); print('end')"
    frames = record(sys.executable, ["-c", program], {}, shown="program")
    told = ["\n".join("".join(cell.character for cell in line) for line in frame.lines) for frame in frames]
    assert told[0] == "$ program"
    assert told[-1] == "$ program\nTrue\nend"
    assert frames[-1].at >= 0.6


def test_a_run_that_fails_is_no_recording() -> None:
    with pytest.raises(SptFlowError, match="exit code 3"):
        record(sys.executable, ["-c", "raise SystemExit(3)"], {}, shown="program")
