"""A folder's content, entry by entry, with a checksum of each file: what two volumes are compared by."""

__all__ = ["Comparison", "Entry", "compare", "digest", "read_tree"]

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20
_SHOWN: Final = 5
# What file systems make for themselves.
_NOT_CONTENT: Final = frozenset({"lost+found"})


@dataclass(frozen=True)
class Entry:
    """A file, folder or link: permission bits, owner, and content (a file's SHA-256, a link's target).

    `changed` is when content, rights or owner last changed on that disk, in seconds since the epoch: nobody can set it.
    """

    path: str
    kind: str
    mode: int
    user: int
    group: int
    size: int
    content: str
    changed: float

    @property
    def line(self) -> str:
        """Return all but the time of change, as text that differs whenever one of it does."""
        return f"{self.kind} {self.mode:04o} {self.user}:{self.group} {self.size} {self.content} {self.path!r}\n"


@dataclass(frozen=True)
class Comparison:
    """What came of comparing: entries compared, and a sentence's worth of those that differ."""

    compared: int
    differing: tuple[str, ...]


def read_tree(root: Path, *, is_live: bool = False) -> dict[str, Entry]:
    """Return every entry below `root` and the root itself, by path; raise OSError for what cannot be read.

    Sockets are left out: they are doors of programs that run, and no snapshot of files brings them back. From a tree
    that is in use (`is_live`) entries may vanish meanwhile; those are left out, too.
    """
    found: dict[str, Entry] = {}
    for path in _paths(root, is_live=is_live):
        try:
            entry = _entry(path, str(path.relative_to(root)))
        except FileNotFoundError:
            if not is_live:
                raise
        else:
            if entry is not None:
                found[entry.path] = entry
    return found


def digest(tree: Mapping[str, Entry]) -> str:
    """Return one SHA-256 over all entries: equal if and only if the trees are."""
    return hashlib.sha256(
        "".join(tree[path].line for path in sorted(tree)).encode("utf-8", "surrogateescape")
    ).hexdigest()


def compare(source: Mapping[str, Entry], copy: Mapping[str, Entry], before: float) -> Comparison:
    """Compare what in `source` did not change since `before` with a copy of that moment.

    Folders are left out: theirs changes with every entry in them.
    """
    old = [entry for entry in source.values() if entry.kind != "folder" and entry.changed < before]
    differing = [entry.path for entry in old if entry.path not in copy or copy[entry.path].line != entry.line]
    return Comparison(len(old), tuple(differing[:_SHOWN]))


def _paths(root: Path, *, is_live: bool) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        if not (is_live and isinstance(error, FileNotFoundError)):
            raise error

    yield root
    for folder, folders, files in os.walk(root, onerror=stop):
        here = Path(folder)
        if here == root:
            folders[:] = [name for name in folders if name not in _NOT_CONTENT]
        yield from (here / name for name in (*folders, *files))


def _entry(path: Path, name: str) -> Entry | None:
    found = path.lstat()
    if stat.S_ISSOCK(found.st_mode):
        return None
    kind, content, size = "other", f"{found.st_rdev}", 0
    if stat.S_ISREG(found.st_mode):
        kind, content, size = "file", _checksum(path), found.st_size
    elif stat.S_ISDIR(found.st_mode):
        kind, content = "folder", "-"
    elif stat.S_ISLNK(found.st_mode):
        kind, content = "link", repr(path.readlink())
    return Entry(name, kind, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, size, content, found.st_ctime)


def _checksum(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()
