"""GitHub's Markdown from untrusted text: nothing in it becomes markup, a mention, a link or the end of a table."""

__all__ = ["code", "prose", "table"]

import re
from collections.abc import Iterable, Sequence
from typing import Final

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&-])")
_ZERO_WIDTH: Final = "\u200b"
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST: Final = 400


def code(text: str) -> str:
    """Return text as a code span, which shows it as it is; pipes are escaped, as tables want it even there."""
    shown = _one_line(text).strip().replace("|", "\\|")
    if not shown:
        return "(empty)"
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def prose(text: str) -> str:
    """Return text as plain words: every sign with a meaning escaped, mentions and addresses taken apart."""
    escaped = _MARKUP.sub(r"\\\1", _one_line(text).strip())
    return (
        escaped.replace("@", f"@{_ZERO_WIDTH}")
        .replace("://", f":{_ZERO_WIDTH}//")
        .replace("www.", f"www{_ZERO_WIDTH}.")
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; cells are Markdown already."""
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(' --- ' for _ in header)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _one_line(text: str) -> str:
    shown = _BREAKS.sub(" ", text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
