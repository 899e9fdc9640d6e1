"""The files of an image: one deterministic tar layer, the same bytes for the same files wherever it is made."""

__all__ = ["Directory", "Entry", "File", "Symlink", "write_layer"]

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO


@dataclass(frozen=True)
class File:
    """A regular file; `content` is its bytes, or the file on this machine that holds them."""

    path: str
    content: bytes | Path
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Directory:
    """A folder; those above a file that are not listed are made with mode 0755, owned by root."""

    path: str
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Symlink:
    """A symbolic link to `target`, which is not checked."""

    path: str
    target: str


Entry = File | Directory | Symlink


def write_layer(entries: Sequence[Entry], output: IO[bytes]) -> None:
    """Write the entries as an uncompressed tar, sorted by path, with every time at zero.

    Raises ValueError for a path that is not absolute, leaves the root or is listed twice.
    """
    listed = _by_path(entries)
    with tarfile.open(fileobj=output, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(listed):
            _add(archive, path, listed[path])


def _by_path(entries: Sequence[Entry]) -> dict[str, Entry]:
    listed: dict[str, Entry] = {}
    for entry in entries:
        path = _relative(entry.path)
        if path in listed:
            raise ValueError(f"The path {entry.path!r} is listed twice.")
        listed[path] = entry
    for path in list(listed):
        for parent in PurePosixPath(path).parents:
            if str(parent) != ".":
                listed.setdefault(str(parent), Directory(f"/{parent}"))
    return listed


def _relative(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or parts[0] != "/" or len(parts) == 1 or ".." in parts:
        raise ValueError(f"The path {path!r} in an image must be absolute and may not contain '..'.")
    return str(PurePosixPath(*parts[1:]))


def _add(archive: tarfile.TarFile, path: str, entry: Entry) -> None:
    header = tarfile.TarInfo(path)
    header.mtime = 0
    if isinstance(entry, Symlink):
        header.type, header.linkname, header.mode = tarfile.SYMTYPE, entry.target, 0o777
        archive.addfile(header)
        return
    header.mode, header.uid, header.gid = entry.mode, entry.uid, entry.gid
    if isinstance(entry, Directory):
        header.type = tarfile.DIRTYPE
        archive.addfile(header)
    elif isinstance(entry.content, bytes):
        header.size = len(entry.content)
        archive.addfile(header, io.BytesIO(entry.content))
    else:
        header.size = entry.content.stat().st_size
        with entry.content.open("rb") as source:
            archive.addfile(header, source)
