"""Which digests a lock gets: those the registries say, and those of before where a registry gave no answer."""

__all__ = ["Locking", "lock_images"]

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.errors import SptFlowError
from core.image_lock import ImageLock
from core.image_reference import ImageReference


@dataclass(frozen=True)
class Locking:
    """The new lock; which images are new in it, changed or kept, and which have no digest, each with the reason."""

    lock: ImageLock
    changed: Sequence[ImageReference] = ()
    same: Sequence[ImageReference] = ()
    kept: Sequence[tuple[ImageReference, str]] = ()
    missing: Sequence[tuple[ImageReference, str]] = ()


@dataclass
class _Found:
    digests: dict[str, str] = field(default_factory=dict)
    changed: list[ImageReference] = field(default_factory=list)
    same: list[ImageReference] = field(default_factory=list)
    kept: list[tuple[ImageReference, str]] = field(default_factory=list)
    missing: list[tuple[ImageReference, str]] = field(default_factory=list)


def lock_images(
    images: Sequence[ImageReference], before: ImageLock, digest: Callable[[ImageReference], str]
) -> Locking:
    """Ask `digest` for each image that has none of its own; images that are named no more leave the lock."""
    found = _Found()
    for image in images:
        if image.digest is not None:
            continue
        key = str(image)
        old = before.digests.get(key)
        try:
            new = digest(image)
        except SptFlowError as error:
            if old is None:
                found.missing.append((image, error.message))
                continue
            found.digests[key] = old
            found.kept.append((image, error.message))
            continue
        found.digests[key] = new
        (found.same if new == old else found.changed).append(image)
    return Locking(ImageLock(found.digests), found.changed, found.same, found.kept, found.missing)
