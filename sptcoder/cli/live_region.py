"""Some lines at the bottom of a terminal that are drawn anew where they stand, and go without a trace."""

__all__ = ["LiveRegion", "plain_text"]

import os
import re
import shutil
import unicodedata
from collections.abc import Sequence
from typing import Final, TextIO

from sptcoder.cli.terminal import styled

_ESCAPE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_ERASE: Final = "\x1b[J"
_TAB: Final = "    "


def plain_text(text: str) -> str:
    """Return a line without escape sequences and control characters: what a log holds must not steer a terminal."""
    cleaned = _ESCAPE.sub("", text.expandtabs(len(_TAB)))
    return "".join(character for character in cleaned if unicodedata.category(character)[0] != "C").rstrip()


class LiveRegion:
    """Draws lines, each a text and a style or None, over those it drew last; nothing may be written in between."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._height = 0

    def draw(self, lines: Sequence[tuple[str, str | None]]) -> None:
        """Replace what stands in the region."""
        columns = self._columns() - 1
        shown = [(_clipped(text, columns), style) for text, style in lines]
        text = "".join((styled(text, style, self._stream) if style else text) + "\n" for text, style in shown)
        self._stream.write(self._home() + text)
        self._stream.flush()
        self._height = len(shown)

    def clear(self) -> None:
        """Take the region away; what is written next stands in its place."""
        self._stream.write(self._home())
        self._stream.flush()
        self._height = 0

    def _home(self) -> str:
        return f"\x1b[{self._height}A\r{_ERASE}" if self._height else ""

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except (OSError, ValueError):
            return shutil.get_terminal_size().columns


def _clipped(text: str, cells: int) -> str:
    """Return as much of the text as fits into so many cells: a line that wraps would be drawn over wrongly."""
    used = 0
    for index, character in enumerate(text):
        used += 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > cells:
            return text[:index]
    return text
