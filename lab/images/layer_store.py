"""Finished layers in the cache: a tar each, with a record of what it was made from."""

__all__ = ["LayerStore"]

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lab.images.archive import LayerFile

_CHUNK_BYTES = 1024**2


@dataclass(frozen=True)
class LayerStore:
    """The layers in `folder`; a tar without its record does not count, so that each one found is whole."""

    folder: Path

    def find(self, name: str, fingerprint: str) -> LayerFile | None:
        """Return the layer made from exactly these inputs, or None."""
        path = self._path(name)
        try:
            record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            if record["fingerprint"] == fingerprint and record["size"] == path.stat().st_size:
                return LayerFile(path, str(record["digest"]), int(record["size"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return None

    def keep(self, name: str, fingerprint: str, write: Callable[[IO[bytes]], None]) -> LayerFile:
        """Let `write` fill the layer's tar, then record it."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = path.with_suffix(".json")
        record.unlink(missing_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("w+b") as output:
            write(output)
            digest = _digest(output)
            size = output.tell()
        fresh.replace(path)
        fresh.write_text(json.dumps({"fingerprint": fingerprint, "digest": digest, "size": size}), encoding="utf-8")
        fresh.replace(record)
        return LayerFile(path, digest, size)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.tar"


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
