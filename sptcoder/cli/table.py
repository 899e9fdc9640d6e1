"""Plain tables: columns as wide as their widest cell, two spaces between them, nothing that a shell has to cut away.

rich makes finer ones, and takes half a second for a thousand rows.
"""

__all__ = ["Cell", "table_lines"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TextIO

from sptcoder.cli.terminal import styled

_GAP: Final = "  "


@dataclass(frozen=True)
class Cell:
    """Text with a style; plain text stands for itself."""

    text: str
    style: str


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[str | Cell]], stream: TextIO) -> list[str]:
    """Return the lines of a table, headings first, without spaces at their ends; styled as far as `stream` is."""
    cells = [[Cell(heading, "bold") for heading in headings], *([_cell(each) for each in row] for row in rows)]
    widths = [max(len(row[column].text) for row in cells) for column in range(len(headings))]
    return [_line(row, widths, stream) for row in cells]


def _cell(given: str | Cell) -> Cell:
    return given if isinstance(given, Cell) else Cell(given, "")


def _line(row: Sequence[Cell], widths: Sequence[int], stream: TextIO) -> str:
    last = max((index for index, cell in enumerate(row) if cell.text), default=0)
    shown = row[: last + 1]
    return _GAP.join(
        (styled(cell.text, cell.style, stream) if cell.style and cell.text else cell.text)
        + ("" if index == last else " " * (widths[index] - len(cell.text)))
        for index, cell in enumerate(shown)
    )
