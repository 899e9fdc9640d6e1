"""Images and the digests they were locked to: images/locks/<stack>.json, written by `make images-lock`."""

__all__ = ["IMAGE_LOCKS", "ImageLock"]

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from core.errors import UsageError
from core.image_reference import ImageReference, ImageReferenceError

IMAGE_LOCKS: Final = Path(__file__).resolve().parents[1] / "images" / "locks"
"""The folder of the locks; a stack without a file has none."""

_KEY: Final = "images"
_DIGEST: Final = re.compile(r"sha256:[a-f0-9]{64}")


@dataclass(frozen=True)
class ImageLock:
    """Digest by reference, both as text; references are complete, with registry and tag."""

    digests: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, stack: str, folder: Path = IMAGE_LOCKS) -> Self:
        """Read the lock of a stack, an empty one if it has none; raise UsageError for a file that is no lock."""
        path = folder / f"{stack}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except ValueError:
            content = None
        digests = content.get(_KEY) if isinstance(content, dict) and content.keys() == {_KEY} else None
        if not isinstance(digests, dict) or not all(_is_entry(*entry) for entry in digests.items()):
            raise UsageError(
                f"The lock images/locks/{path.name} must be a JSON object with the key images alone: complete "
                "references with a tag, each with a sha256 digest.",
                next_command=f"make images-lock STACK={stack}",
            )
        return cls(digests)

    def write(self, stack: str, folder: Path = IMAGE_LOCKS) -> Path:
        """Write the lock of a stack, sorted, and return the file."""
        path = folder / f"{stack}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {_KEY: dict(sorted(self.digests.items()))}
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        return path

    def locked(self, image: ImageReference) -> ImageReference:
        """Return the image with the digest it was locked to; one with a digest, or that is not here, as it is."""
        digest = self.digests.get(str(image))
        return image if digest is None or image.digest is not None else replace(image, digest=digest)


def _is_entry(reference: object, digest: object) -> bool:
    try:
        image = ImageReference.parse(str(reference))
    except ImageReferenceError:
        return False
    return (
        str(image) == reference
        and image.tag is not None
        and image.digest is None
        and isinstance(digest, str)
        and _DIGEST.fullmatch(digest) is not None
    )
