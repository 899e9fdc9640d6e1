"""A recording of a terminal as an SVG that plays by itself, and shows its last picture where nothing can play."""

__all__ = ["Frame", "recording_svg"]

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from release.terminal_screen import Cell

_LINE: Final = 20
_CHARACTER: Final = 8.4
_MARGIN: Final = 16
_BAR: Final = 34
_STAYS: Final = 6.0
"""Seconds for which the last picture stands before the recording begins again."""

_STYLE: Final = """
    text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 14px; \
fill: #d7dde6; white-space: pre; }
    .bold { font-weight: 700; } .dim { fill: #8794a6; } .green { fill: #5fd38d; } .yellow { fill: #e6c15a; }
    .red { fill: #f07178; } .title { fill: #aab4c3; }
"""


@dataclass(frozen=True)
class Frame:
    """What stands on the screen from a moment on; `at` is in seconds from the beginning."""

    at: float
    lines: tuple[tuple[Cell, ...], ...]


def recording_svg(frames: Sequence[Frame], *, title: str, description: str, columns: int = 100) -> str:
    """Return the SVG; the first frame must be at 0."""
    rows = max(len(frame.lines) for frame in frames)
    width, height = round(columns * _CHARACTER) + 2 * _MARGIN, _BAR + rows * _LINE + _MARGIN
    whole = frames[-1].at + _STAYS
    shown = "".join(_picture(number, frames, whole) for number in range(len(frames)))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="title desc">
  <title id="title">{escape(title)}</title>
  <desc id="desc">{escape(description)}</desc>
  <style>{_STYLE}  </style>
  <rect width="{width}" height="{height}" rx="10" fill="#161b22"/>
  <circle cx="20" cy="17" r="5" fill="#f07178"/><circle cx="38" cy="17" r="5" fill="#e6c15a"/>\
<circle cx="56" cy="17" r="5" fill="#5fd38d"/>
  <text class="title" x="{width / 2:g}" y="22" text-anchor="middle">{escape(title)}</text>
{shown}</svg>
"""


def _picture(number: int, frames: Sequence[Frame], whole: float) -> str:
    frame = frames[number]
    is_last = number == len(frames) - 1
    end = whole if is_last else frames[number + 1].at
    # Hidden is what stands in the file of all but the last, which is seen where nothing plays.
    times = f"0;{frame.at / whole:.5f};{end / whole:.5f}"
    values = ("hidden" if frame.at else "visible", "visible", "visible" if is_last else "hidden")
    play = (
        f'<animate attributeName="visibility" calcMode="discrete" dur="{whole:.2f}s" repeatCount="indefinite" '
        f'keyTimes="{times}" values="{";".join(values)}"/>'
    )
    drawn = "".join(_line(row, cells) for row, cells in enumerate(frame.lines) if cells)
    return f'  <g visibility="{"visible" if is_last else "hidden"}">{play}{drawn}</g>\n'


def _line(row: int, cells: Iterable[Cell]) -> str:
    parts = []
    for styles, run in groupby(cells, lambda cell: cell.styles):
        text = escape("".join(cell.character for cell in run))
        parts.append(f'<tspan class="{" ".join(sorted(styles))}">{text}</tspan>' if styles else text)
    return f'<text x="{_MARGIN}" y="{_BAR + (row + 1) * _LINE - 6}" xml:space="preserve">{"".join(parts)}</text>'
