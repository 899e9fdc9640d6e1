"""What a PromQL expression asks for: the names of its metrics."""

__all__ = ["metric_names"]

import re
from typing import Final

_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'")
_DROPPED: Final = (
    re.compile(r"\{[^}]*\}"),
    re.compile(r"\[[^\]]*\]"),
    # Lists of labels.
    re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"),
    re.compile(r"\boffset\s+\w+"),
)
_NAME: Final = re.compile(r"(?<![\w.:])([a-zA-Z_:][\w:]*)(?![\w:])(?!\s*\()")
_WORDS: Final = {"and", "or", "unless", "bool", "by", "without", "on", "ignoring", "group_left", "group_right"}


def metric_names(expression: str) -> set[str]:
    """Return the names of the metrics in an expression that promtool finds right; functions are none."""
    rest = _TEXT.sub('""', expression)
    for pattern in _DROPPED:
        rest = pattern.sub(" ", rest)
    found = set(_NAME.findall(rest))
    return {name for name in found if name.lower() not in _WORDS | {"inf", "nan"}}
