"""A terminal's screen, as far as the command line uses one: text, colours, the cursor up and home, erasing."""

__all__ = ["Cell", "Screen"]

import re
from dataclasses import dataclass
from typing import Final

_SEQUENCE: Final = re.compile(r"\x1b\[(?P<parameters>[?0-9;]*)(?P<kind>[A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_UNFINISHED: Final = re.compile(r"\x1b(?:\[[?0-9;]*|\][^\x07\x1b]*)?$")
_WIDTH: Final = 100
_STYLES: Final = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow"}


@dataclass(frozen=True)
class Cell:
    """One character with the names of its styles."""

    character: str
    styles: frozenset[str] = frozenset()


class Screen:
    """What stands on a terminal that never scrolls; lines that are too long are cut."""

    def __init__(self, width: int = _WIDTH) -> None:
        self._width = width
        self._lines: list[list[Cell]] = [[]]
        self._row = self._column = 0
        self._styles: frozenset[str] = frozenset()
        self._rest = ""

    def feed(self, text: str) -> None:
        """Take what a program has written; the beginning of a sequence is kept until its end comes."""
        text, self._rest = self._rest + text, ""
        unfinished = _UNFINISHED.search(text)
        if unfinished is not None:
            text, self._rest = text[: unfinished.start()], unfinished[0]
        position = 0
        for found in _SEQUENCE.finditer(text):
            self._write(text[position : found.start()])
            if found["kind"]:
                self._control(found["kind"], found["parameters"])
            position = found.end()
        self._write(text[position:])

    def lines(self) -> tuple[tuple[Cell, ...], ...]:
        """Return the lines from the top, without empty ones at the end."""
        lines = [tuple(line) for line in self._lines]
        while lines and not "".join(cell.character for cell in lines[-1]).strip():
            lines.pop()
        return tuple(lines)

    def _write(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self._column = 0
            elif character == "\n":
                self._move(self._row + 1)
            elif character >= " ":
                self._put(character)

    def _put(self, character: str) -> None:
        if self._column < self._width:
            line = self._lines[self._row]
            line.extend([Cell(" ")] * (self._column + 1 - len(line)))
            line[self._column] = Cell(character, self._styles)
        self._column += 1

    def _control(self, kind: str, parameters: str) -> None:
        number = int(parameters) if parameters.isdigit() else 1
        if kind == "m":
            codes = parameters.split(";")
            kept = frozenset() if codes[0] in {"", "0"} else self._styles
            self._styles = kept | {_STYLES[code] for code in codes if code in _STYLES}
        elif kind in {"A", "F"}:
            self._row = max(0, self._row - number)
            self._column = 0 if kind == "F" else self._column
        elif kind == "B":
            self._move(self._row + number)
        elif kind == "G":
            self._column = number - 1
        elif kind in {"J", "K"}:
            del self._lines[self._row][self._column :]
            if kind == "J":
                del self._lines[self._row + 1 :]

    def _move(self, row: int) -> None:
        self._row = row
        self._lines.extend([] for _ in range(row + 1 - len(self._lines)))
