"""A layer made from a directory tree: owners, modes, links and times as they are there, the order always the same."""

__all__ = ["write_tree"]

import os
import stat
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

_OPAQUE = "trusted.overlay.opaque"
_CAPABILITY = "security.capability"


def write_tree(root: Path, output: IO[bytes], *, since: float = 0.0, below: Sequence[Path] = ()) -> None:
    """Write what is in `root`, the upper directory of an overlay on `below`, as an uncompressed tar sorted by path.

    Times of files older than `since` (seconds of the epoch) are kept: compiled Python compares them. Those of younger
    ones are zero, so that the day a layer is made on does not show. What the overlay has removed or replaced becomes a
    whiteout. Raises ValueError for what a layer cannot hold: devices, sockets, file capabilities.
    """
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as archive:
        seen: dict[tuple[int, int], str] = {}
        for path in _sorted(root):
            name = str(path.relative_to(root))
            state = path.lstat()
            if stat.S_ISCHR(state.st_mode) and state.st_rdev == 0:
                _add_empty(archive, str(Path(name).with_name(f".wh.{path.name}")))
                continue
            header = _header(path, name, state, since)
            first = seen.setdefault((state.st_dev, state.st_ino), name)
            if first != name and header.isreg():
                header.type, header.linkname, header.size = tarfile.LNKTYPE, first, 0
            if header.isreg():
                with path.open("rb") as content:
                    archive.addfile(header, content)
            else:
                archive.addfile(header)
            if header.isdir() and _has(path, _OPAQUE) and any((tree / name).is_dir() for tree in below):
                _add_empty(archive, f"{name}/.wh..wh..opq")


def _sorted(root: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(root), key=lambda entry: entry.name):
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _sorted(Path(entry.path))


def _header(path: Path, name: str, state: os.stat_result, since: float) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.uid, header.gid, header.mode = state.st_uid, state.st_gid, stat.S_IMODE(state.st_mode)
    header.mtime = int(state.st_mtime) if state.st_mtime < since else 0
    if stat.S_ISDIR(state.st_mode):
        header.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(state.st_mode):
        header.type, header.linkname = tarfile.SYMTYPE, str(path.readlink())
    elif stat.S_ISREG(state.st_mode):
        if _has(path, _CAPABILITY):
            raise ValueError(f"The file {path} has capabilities, which the layer would lose.")
        header.size = state.st_size
    else:
        raise ValueError(f"The path {path} is neither file, folder nor link, and cannot be in a layer.")
    return header


def _has(path: Path, attribute: str) -> bool:
    return attribute in os.listxattr(path, follow_symlinks=False)


def _add_empty(archive: tarfile.TarFile, name: str) -> None:
    archive.addfile(tarfile.TarInfo(name))
