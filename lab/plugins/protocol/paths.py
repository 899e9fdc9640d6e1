"""Property paths in Pulumi's syntax: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`."""

__all__ = ["PathSegment", "format_path", "parse_path", "top_level"]

import re
from collections.abc import Iterable
from typing import TypeAlias

from core.errors import SptFlowError

PathSegment: TypeAlias = str | int

_PLAIN = re.compile(r"[A-Za-z0-9_]+")
_TOKEN = re.compile(
    r"""
    \[(?P<index>\d+|\*)\]                   # [0], [*]
    | \["(?P<quoted>(?:[^"\\]|\\.)*)"\]     # ["a.b"]
    | \.?(?P<plain>[^.\[\]"]+)              # a, .a
    """,
    re.VERBOSE,
)


def format_path(segments: Iterable[PathSegment]) -> str:
    """Return the path of dict keys (str) and list indexes (int)."""
    parts: list[str] = []
    for segment in segments:
        if isinstance(segment, int):
            parts.append(f"[{segment}]")
        elif _PLAIN.fullmatch(segment):
            parts.append(f".{segment}" if parts else segment)
        else:
            escaped = segment.replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts)


def parse_path(path: str) -> tuple[PathSegment, ...]:
    """Return the segments of a path, "*" for a wildcard; raise SptFlowError when it is malformed."""
    segments: list[PathSegment] = []
    position = 0
    while position < len(path):
        token = _TOKEN.match(path, position)
        if token is None:
            raise SptFlowError(f"The property path '{path}' is malformed at character {position + 1}.")
        index, quoted, plain = token["index"], token["quoted"], token["plain"]
        if index is not None:
            segments.append("*" if index == "*" else int(index))
        else:
            segments.append(plain if quoted is None else quoted.replace('\\"', '"'))
        position = token.end()
    return tuple(segments)


def top_level(path: str) -> str:
    """Return the property a path starts at."""
    first = parse_path(path)[:1]
    return str(first[0]) if first else ""
