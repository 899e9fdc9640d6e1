"""Which tags are let go of: a pure decision on what is in the registry, without any doing."""

__all__ = ["Decision", "Rules", "Tag", "decide"]

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Final

_COMPANION: Final = re.compile(r"sha256-([0-9a-f]{64})(?:\..*)?", re.ASCII)


@dataclass(frozen=True)
class Tag:
    """A name of a manifest; `pushed` is when it was last given to `digest`, None if that cannot be told."""

    repository: str
    name: str
    digest: str
    pushed: datetime | None

    def __str__(self) -> str:
        return f"{self.repository}:{self.name}"

    @property
    def companion_of(self) -> str | None:
        """Return the digest that a signature, an attestation or a bill of materials is about, by its name."""
        match = _COMPANION.fullmatch(self.name)
        return None if match is None else f"sha256:{match[1]}"


@dataclass(frozen=True)
class Rules:
    """A tag stays if it is among the `newest` of its repository, or younger than `age`, or protected, or in use.

    `protected` are patterns of "repository:tag" with * and ?; `used_tags` are such names, `used_digests` digests.
    """

    newest: int
    age: timedelta
    protected: Sequence[str] = ()
    used_tags: frozenset[str] = frozenset()
    used_digests: frozenset[str] = frozenset()

    def reason(self, tag: Tag, now: datetime) -> str | None:
        """Return why the tag stays whatever others there are, or None."""
        if str(tag) in self.used_tags or tag.digest in self.used_digests:
            return "in use"
        if any(fnmatchcase(str(tag), pattern) for pattern in self.protected):
            return "protected"
        if tag.pushed is None or now - tag.pushed < self.age:
            # A time that is unknown or lies ahead is no reason to let go of anything.
            return "young"
        return None


@dataclass(frozen=True)
class Decision:
    """The tags that stay, and those that go; each is in one of them."""

    kept: tuple[Tag, ...]
    removed: tuple[Tag, ...]


def decide(tags: Iterable[Tag], rules: Rules, now: datetime) -> Decision:
    """Return what becomes of the tags, repository by repository, the newest first."""
    repositories: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        repositories[tag.repository].append(tag)
    kept: list[Tag] = []
    removed: list[Tag] = []
    for _, found in sorted(repositories.items()):
        for tag, stays in _judged(found, rules, now):
            (kept if stays else removed).append(tag)
    return Decision(tuple(kept), tuple(removed))


def _judged(tags: list[Tag], rules: Rules, now: datetime) -> list[tuple[Tag, bool]]:
    """Judge the tags of one repository; what accompanies an image stays as long as that does, and takes no place."""
    ordered = sorted(tags, key=lambda tag: (-_moment(tag, now), tag.name))
    digests = {tag.digest for tag in tags}
    images = [tag for tag in ordered if tag.companion_of not in digests]
    judged = [(tag, place < rules.newest or rules.reason(tag, now) is not None) for place, tag in enumerate(images)]
    staying = {tag.digest for tag, stays in judged if stays}
    # A signature may be signed itself: from the image outwards, until nothing new is found.
    waiting = [tag for tag in ordered if tag.companion_of in digests]
    while chosen := [
        tag for tag in waiting if tag.companion_of in staying or rules.reason(tag, now) in ("in use", "protected")
    ]:
        judged += [(tag, True) for tag in chosen]
        staying |= {tag.digest for tag in chosen}
        waiting = [tag for tag in waiting if tag not in chosen]
    return judged + [(tag, False) for tag in waiting]


def _moment(tag: Tag, now: datetime) -> float:
    return (now if tag.pushed is None else tag.pushed).timestamp()
