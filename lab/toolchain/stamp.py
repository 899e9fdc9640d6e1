"""The record that a tool is built: from what, and how large its programs are."""

__all__ = ["Stamp"]

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from lab.toolchain.cache import Cache
from lab.toolchain.gotools import GoTool

_SOURCES = ("go.mod", "go.sum", "tools.go", "main.go")


@dataclass(frozen=True)
class Stamp:
    """The stamp file of one tool, with the fingerprint its inputs have now."""

    tool: GoTool
    cache: Cache
    fingerprint: str

    @classmethod
    def of(cls, tool: GoTool, cache: Cache, compiler: str) -> "Stamp":
        """Compute the fingerprint from the wrapper module, the link flags and the compiler."""
        digest = hashlib.sha256()
        for name in _SOURCES:
            source = tool.folder / name
            digest.update(f"{name}\0".encode() + (source.read_bytes() if source.is_file() else b"") + b"\0")
        for source in sorted(tool.folder.glob("*/**/*")):
            # Modules of our own inside the wrapper, which stand where the tool's would be.
            if source.is_file():
                digest.update(f"{source.relative_to(tool.folder)}\0".encode() + source.read_bytes() + b"\0")
        for part in (*tool.packages, tool.link_flags, compiler):
            digest.update(part.encode() + b"\0")
        return cls(tool, cache, digest.hexdigest())

    @property
    def path(self) -> Path:
        """The stamp file."""
        return self.cache.stamps / f"{self.tool.name}.json"

    def matches(self) -> bool:
        """Tell whether the tool is built from exactly these inputs and its programs are whole."""
        try:
            written = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(written == self._content())

    def write(self) -> None:
        """Record the programs as they are now, in one step."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._content(), indent=1), encoding="utf-8")
        fresh.replace(self.path)

    def _content(self) -> dict[str, object]:
        return {"fingerprint": self.fingerprint, "sizes": {name: self._size(name) for name in self.tool.programs}}

    def _size(self, program: str) -> int | None:
        path = self.cache.bin / program
        return path.stat().st_size if path.is_file() and os.access(path, os.X_OK) else None
