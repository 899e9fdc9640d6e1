"""The images of this registry that are in use now, and the tags by which they are kept for a while after that."""

__all__ = ["UsedImages"]

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from core.image_reference import ImageReference, ImageReferenceError
from jobs.registry_gc.storage import RegistryStorage

_PREFIX: Final = "in-use-"
_DIGITS: Final = 12
# Once a day, with some room: the next run may start a little earlier.
_FRESH: Final = timedelta(hours=20)


@dataclass(frozen=True)
class UsedImages:
    """Images by repository and digest, and tags ("repository:tag") that are named without a digest."""

    digests: frozenset[tuple[str, str]]
    tags: frozenset[str]

    @classmethod
    def of(cls, references: Iterable[str], registry: str) -> Self:
        """Return those of `references` that name an image of `registry` (host and port)."""
        digests, tags = set(), set()
        for text in references:
            try:
                image = ImageReference.parse(text)
            except ImageReferenceError:
                # A runtime may name an image by the digest of its configuration alone.
                continue
            if image.registry != registry:
                continue
            if image.digest is not None:
                digests.add((image.repository, image.digest))
            else:
                tags.add(f"{image.repository}:{image.effective_tag}")
        return cls(frozenset(digests), frozenset(tags))

    def unmarked(self, storage: RegistryStorage, now: datetime) -> list[tuple[str, str, str]]:
        """Return repository, digest and tag of each that has no fresh mark: a tag of its own, and the day it was used.

        A template version goes on naming the digest it was made with, though nothing runs of it and its tag has been
        given to another image. By the mark it is kept as long as any tag.
        """
        marked = {(tag.repository, tag.name): tag.pushed for tag in storage.tags() if tag.name.startswith(_PREFIX)}
        found = []
        for repository, digest in sorted(self.digests):
            name = _PREFIX + digest.partition(":")[2][:_DIGITS]
            pushed = marked.get((repository, name))
            is_fresh = pushed is not None and now - pushed < _FRESH
            if not is_fresh and storage.has_manifest(repository, digest):
                found.append((repository, digest, name))
        return found
