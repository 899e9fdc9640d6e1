"""Images as archives in the toolchain's cache, made again only when what they are made of has changed."""

__all__ = ["NodeImage", "stored_images"]

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.images.archive import ImageSpec, write_archive
from lab.images.layer import Entry, File
from lab.progress import SilentProgress
from lab.toolchain.lock import held

_RECORD = ".json"
_KEPT_SECONDS = 3600.0
"""How long the archive of another version stays: somebody may be about to import it."""


@dataclass(frozen=True)
class NodeImage:
    """An image for the node's container runtime.

    `reference` is the name it is imported under, `archive` the OCI archive, `digest` its manifest's ("sha256:...").
    """

    name: str
    reference: str
    archive: Path
    digest: str


def stored_images(specs: Mapping[str, ImageSpec], folder: Path) -> list[NodeImage]:
    """Return an image for each spec, by its short name, writing the archives in `folder` that are out of date."""
    ready = [_find(name, spec, folder) for name, spec in specs.items()]
    found = [image for image in ready if image is not None]
    if len(found) == len(ready):
        return found
    with held(folder / ".lock", SilentProgress()):
        return [_find(name, spec, folder) or _make(name, spec, folder) for name, spec in specs.items()]


def _find(name: str, spec: ImageSpec, folder: Path) -> NodeImage | None:
    archive = _archive(name, spec, folder)
    digest = _recorded_digest(archive.with_suffix(_RECORD), _inputs(spec), archive)
    return NodeImage(name, spec.reference, archive, digest) if digest is not None else None


def _make(name: str, spec: ImageSpec, folder: Path) -> NodeImage:
    archive = _archive(name, spec, folder)
    record = archive.with_suffix(_RECORD)
    # An archive without its record is made again: nothing can be mistaken for whole.
    record.unlink(missing_ok=True)
    inputs = _inputs(spec)
    digest = write_archive(spec, archive)
    fresh = archive.with_suffix(".new")
    written = {"name": name, "inputs": inputs, "digest": digest, "size": archive.stat().st_size}
    fresh.write_text(json.dumps(written), encoding="utf-8")
    fresh.replace(record)
    _drop_others(name, record)
    return NodeImage(name, spec.reference, archive, digest)


def _drop_others(name: str, kept: Path) -> None:
    """Remove old archives of the image under other versions."""
    for record in kept.parent.glob(f"{name}-*{_RECORD}"):
        with suppress(OSError, ValueError):
            of_this = record != kept and json.loads(record.read_text(encoding="utf-8")).get("name") == name
            if of_this and record.stat().st_mtime < time.time() - _KEPT_SECONDS:
                record.unlink()
                record.with_suffix(".tar").unlink(missing_ok=True)


def _archive(name: str, spec: ImageSpec, folder: Path) -> Path:
    return folder / f"{name}-{spec.reference.rpartition(':')[2]}.tar"


def _recorded_digest(record: Path, inputs: str, archive: Path) -> str | None:
    try:
        written = json.loads(record.read_text(encoding="utf-8"))
        if written["inputs"] == inputs and written["size"] == archive.stat().st_size:
            return str(written["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _inputs(spec: ImageSpec) -> str:
    """Identify what an image is made of; programs by size and time, since reading them takes longer than `up` may."""
    below = [layer.digest for layer in spec.below]
    parts = [spec.reference, repr(spec.config), *below, *(_identity(entry) for entry in spec.entries)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _identity(entry: Entry) -> str:
    members = asdict(entry)
    if isinstance(entry, File) and isinstance(entry.content, Path):
        state = entry.content.stat()
        members["content"] = f"{entry.content} {state.st_size} {state.st_mtime_ns}"
    return f"{type(entry).__name__} {sorted(members.items())!r}"
