"""The registry's volume, read as distribution's file system driver lays it out (registry/storage/paths.go of 3.1).

Nothing is written but the removal of a tag, which is what the registry itself does for it: the tag's folder goes. That
is done only while no registry runs, so that no push can come in between.
"""

__all__ = ["Needs", "RegistryStorage"]

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jobs.registry_gc.retention import Tag

_DIGEST: Final = re.compile(r"sha256:([0-9a-f]{64})", re.ASCII)
# A manifest is a few kilobytes; the registry itself takes none above 4 MiB.
_MANIFEST_BYTES: Final = 4 << 20
_NO_BLOB: Final = ("nondistributable", "foreign")


@dataclass
class Needs:
    """What one or several manifests need: sizes of blobs by digest as they are told, and what of it is not there."""

    sizes: dict[str, int] = field(default_factory=dict)
    manifests: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


class RegistryStorage:
    """The volume mounted at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._base = root / "docker" / "registry" / "v2"

    @property
    def is_used(self) -> bool:
        """Say whether anything was ever pushed; the registry's own collection fails where nothing was."""
        return (self._base / "blobs").is_dir() and (self._base / "repositories").is_dir()

    def tags(self) -> list[Tag]:
        """Return every tag that leads to a manifest's digest."""
        return [tag for folder in self._tag_folders() if (tag := self._tag(folder)) is not None]

    def broken_tags(self) -> list[str]:
        """Return names of tags that lead nowhere: their removal was cut short, or their push."""
        return [self._name(folder) for folder in self._tag_folders() if self._tag(folder) is None]

    def remove_tag(self, name: str) -> None:
        """Remove the tag "repository:tag"; if that is cut short, the tag is one that leads nowhere."""
        repository, _, tag = name.rpartition(":")
        folder = self._base / "repositories" / repository / "_manifests" / "tags" / tag
        with suppress(FileNotFoundError):
            (folder / "current" / "link").unlink()
        shutil.rmtree(folder, ignore_errors=True)

    def has_manifest(self, repository: str, digest: str) -> bool:
        """Say whether the repository has the manifest, whatever its tags."""
        _, _, name = digest.partition(":")
        link = self._base / "repositories" / repository / "_manifests" / "revisions" / "sha256" / name / "link"
        return link.is_file() and self._blob(digest).is_file()

    def needs(self, digest: str, needs: Needs | None = None) -> Needs:
        """Return what the manifest needs: itself, the manifests of an index, configurations and layers."""
        found = Needs() if needs is None else needs
        if digest in found.manifests:
            return found
        found.manifests.add(digest)
        content = self._read(digest)
        if content is None:
            found.missing.add(digest)
            return found
        for child in _descriptors(content, "manifests"):
            self.needs(child["digest"], found)
        blobs = [content["config"]] if _is_descriptor(content.get("config")) else []
        for blob in [*blobs, *_descriptors(content, "layers")]:
            if any(word in str(blob.get("mediaType", "")) for word in _NO_BLOB):
                continue
            found.sizes[blob["digest"]] = blob["size"]
            if not self._blob(blob["digest"]).is_file():
                found.missing.add(blob["digest"])
        return found

    def size(self) -> int:
        """Return the bytes of all blobs."""
        return sum(size for _, size in _files(self._base / "blobs"))

    def _tag_folders(self) -> Iterator[Path]:
        top = self._base / "repositories"
        for folder, names, _ in os.walk(top):
            here = Path(folder)
            if here != top and "_manifests" in names:
                tags = here / "_manifests" / "tags"
                with suppress(FileNotFoundError):
                    yield from sorted(tags.iterdir())
            # No part of a repository's name begins with an underscore; the registry's own folders do.
            names[:] = sorted(name for name in names if not name.startswith("_"))

    def _name(self, folder: Path) -> str:
        repository = folder.parents[2].relative_to(self._base / "repositories")
        return f"{repository}:{folder.name}"

    def _tag(self, folder: Path) -> Tag | None:
        link = folder / "current" / "link"
        try:
            digest, changed = link.read_text(encoding="ascii").strip(), link.stat().st_mtime
        except (OSError, UnicodeDecodeError):
            return None
        if _DIGEST.fullmatch(digest) is None:
            return None
        repository, _, name = self._name(folder).rpartition(":")
        return Tag(repository, name, digest, datetime.fromtimestamp(changed, UTC))

    def _blob(self, digest: str) -> Path:
        _, _, name = digest.partition(":")
        return self._base / "blobs" / "sha256" / name[:2] / name / "data"

    def _read(self, digest: str) -> dict[str, Any] | None:
        """Return the manifest, or None if there is none that can be read."""
        path = self._blob(digest)
        try:
            if path.stat().st_size > _MANIFEST_BYTES:
                return None
            content = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return content if isinstance(content, dict) else None


def _is_descriptor(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("size"), int)
        and _DIGEST.fullmatch(str(value.get("digest"))) is not None
    )


def _descriptors(content: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = content.get(key)
    return [entry for entry in listed if _is_descriptor(entry)] if isinstance(listed, list) else []


def _files(top: Path) -> Iterator[tuple[Path, int]]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder) / name
            with suppress(FileNotFoundError):
                yield path, path.stat().st_size
