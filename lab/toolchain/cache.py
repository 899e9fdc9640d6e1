"""Where the toolchain lives: one folder of the user's cache, outside the source tree."""

__all__ = ["Cache", "default_cache"]

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cache:
    """The folders of the toolchain's cache; deleting `root` costs one rebuild and nothing else."""

    root: Path

    @property
    def bin(self) -> Path:
        """Finished programs; each appears by rename, so what is there is whole."""
        return self.root / "bin"

    @property
    def images(self) -> Path:
        """OCI archives made from the programs."""
        return self.root / "images"

    @property
    def stamps(self) -> Path:
        """One file a tool: what it was built from, and the sizes of its programs."""
        return self.root / "stamps"

    @property
    def work(self) -> Path:
        """Compiled packages, module downloads and temporary files of builds not finished yet."""
        return self.root / "build"

    @property
    def compiled(self) -> Path:
        """Go's build cache, shared by all tools until the last one is built."""
        return self.work / "compiled"

    @property
    def temporary(self) -> Path:
        """Link results and scratch files of the build that runs now; emptied at the start of a run."""
        return self.work / "tmp"

    @property
    def lock(self) -> Path:
        """The file that the one run which builds holds locked."""
        return self.root / "toolchain.lock"

    def modules(self, tool: str) -> Path:
        """Return the module cache of one tool; it is dropped as soon as the tool is built."""
        return self.work / "modules" / tool

    def create(self) -> None:
        """Create the folders that must exist before anything is built."""
        for folder in (self.bin, self.images, self.stamps, self.compiled, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)


def default_cache() -> Cache:
    """Return the cache under $XDG_CACHE_HOME, or ~/.cache where that is not set to an absolute path."""
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    base = configured if configured.is_absolute() else Path.home() / ".cache"
    return Cache(base / "spt-flow")
