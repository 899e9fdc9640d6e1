"""Paths of a node, compared by their segments: /dev/kvm is the same as //dev/./kvm/, and not below /dev/kv."""

__all__ = ["NodePath"]

import re
from dataclasses import dataclass
from typing import Final, Self

_SPEAKABLE: Final = re.compile(r"(/[A-Za-z0-9._-]+)+", re.ASCII)
_LONGEST: Final = 100


@dataclass(frozen=True)
class NodePath:
    """One path, without empty segments and dots; `has_steps_back` tells that it was written with "..".

    What ".." leads to depends on the links of the node, so such a path is never one that a list allows.
    """

    segments: tuple[str, ...]
    has_steps_back: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a path; one that does not begin with a slash is read as if it did."""
        segments: list[str] = []
        for segment in text.split("/"):
            if segment == "..":
                del segments[-1:]
            elif segment not in ("", "."):
                segments.append(segment)
        return cls(tuple(segments), ".." in text.split("/"))

    def __str__(self) -> str:
        return "/" + "/".join(self.segments)

    @property
    def told(self) -> str:
        """Return the path as a sentence may repeat it, or words for one that looks like none."""
        text = str(self)
        is_plain = text == "/" or (_SPEAKABLE.fullmatch(text) is not None and len(text) <= _LONGEST)
        return text if is_plain else "with unusual characters"

    def holds(self, other: "NodePath") -> bool:
        """Say whether the other path is this one or below it."""
        return other.segments[: len(self.segments)] == self.segments
