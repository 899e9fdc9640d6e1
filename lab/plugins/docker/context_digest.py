"""The digest by which a changed file of a build context is noticed; the same one the official plugin computes."""

__all__ = ["context_digest"]

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from core.errors import SptFlowError
from lab.plugins.docker.ignore_rules import IgnoreRules, read_rules

_KINDS: Final = (
    (stat.S_ISLNK, "L"),
    (stat.S_ISBLK, "D"),
    (stat.S_ISCHR, "Dc"),
    (stat.S_ISFIFO, "p"),
)
_MOST_LINKS: Final = 255
_SPECIAL_BITS: Final = ((stat.S_ISUID, "u"), (stat.S_ISGID, "g"), (stat.S_ISVTX, "t"))


def context_digest(context: Path, dockerfile: Path) -> str:
    """Return the SHA-256, in hexadecimal, over name, mode and content of each file that a build would see.

    What .dockerignore leaves out does not count; the Dockerfile counts in any case, under a name that does not depend
    on its own. Owners and times do not count. Raise SptFlowError for a file that cannot be read.
    """
    digest = hashlib.sha256()
    digest.update(_entry("Dockerfile", "-" * 10, _content(dockerfile)))
    if not context.is_dir():
        raise SptFlowError(f"The build context '{context}' is no folder.")
    for name, path, status in _files(context, read_rules(dockerfile, context)):
        if stat.S_ISLNK(status.st_mode):
            content = _link(path)
        elif stat.S_ISREG(status.st_mode):
            content = _content(path)
        else:
            content = hashlib.sha256().digest()
        digest.update(_entry(name, _mode(status.st_mode), content))
    return digest.hexdigest()


def _entry(name: str, mode: str, content: bytes) -> bytes:
    return os.fsencode(name) + mode.encode() + content + b"\0"


def _files(
    folder: Path, rules: IgnoreRules, prefix: str = "", matched: tuple[bool, ...] = ()
) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Yield what is not a folder and not left out, in the order of names, each folder's content in its place."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise SptFlowError(f"The folder '{folder}' of the build context cannot be read: {error.strerror}.") from None
    for entry in entries:
        name = f"{prefix}{entry.name}"
        left_out, hits = rules.judge(name, matched)
        if entry.is_dir(follow_symlinks=False):
            if not left_out or rules.may_hold_exceptions(name):
                yield from _files(Path(entry.path), rules, f"{name}/", hits)
        elif not left_out:
            yield name, Path(entry.path), entry.stat(follow_symlinks=False)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise SptFlowError(f"The file '{path}' of the build context cannot be read: {error.strerror}.") from None


def _link(path: Path) -> bytes:
    """Return the hash of where a link leads, not of what is there."""
    try:
        return hashlib.sha256(os.fsencode(_resolved(str(path)))).digest()
    except OSError as error:
        raise SptFlowError(f"The link '{path}' of the build context leads nowhere: {error.strerror}.") from None


def _resolved(path: str) -> str:
    """Return the path without links: a relative one stays relative unless an absolute link is on the way."""
    done: list[str] = ["/"] if path.startswith("/") else []
    left = path.split("/")[::-1]
    links = 0
    while left:
        part = left.pop()
        if part == ".." and done[-1:] not in ([], [".."]):
            done = done[:-1] if done != ["/"] else done
        elif part == "..":
            done.append(part)
        elif part not in {"", "."}:
            here = str(PurePosixPath(*done, part))
            if stat.S_ISLNK(os.lstat(here).st_mode):
                links += 1
                if links > _MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                target = os.readlink(here)  # noqa: PTH115 - text, as it is written
                done = ["/"] if target.startswith("/") else done
                left += target.split("/")[::-1]
            else:
                done.append(part)
    return str(PurePosixPath(*done))


def _mode(mode: int) -> str:
    """Return a mode as Go writes it: the kind, special bits, then three times read, write, execute."""
    signs = "".join(sign for is_kind, sign in _KINDS if is_kind(mode))
    signs += "".join(sign for bit, sign in _SPECIAL_BITS if mode & bit)
    return (signs or "-") + stat.filemode(stat.S_IFREG | (mode & 0o777))[1:]
