"""The file of a saved home: a plain tar of the content, `home.tar.gz`, and of `manifest.json`; any tar can open it."""

__all__ = ["SavedHome", "open_saved_home", "require_free", "write_saved_home"]

import contextlib
import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from pydantic import ValidationError

from core.complete_file import complete_file
from core.errors import SptFlowError, UsageError
from sptcoder.archives.manifest import Manifest

CONTENT: Final = "home.tar.gz"
MANIFEST: Final = "manifest.json"
_CHUNK: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE
_MOST_MANIFEST: Final = 1 << 20


@dataclass(frozen=True)
class SavedHome:
    """An open file, whose content has been checked against its manifest."""

    manifest: Manifest
    content: IO[bytes] = field(repr=False)

    def parts(self) -> Iterator[bytes]:
        """Return the content from its beginning, piece by piece."""
        self.content.seek(0)
        while part := self.content.read(_CHUNK):
            yield part


def write_saved_home(path: Path, parts: Iterable[bytes], describe: Callable[[int, str], Manifest]) -> Manifest:
    """Write a file that only its owner can read; it has its name when it is complete, and never before.

    `describe` gets size and SHA-256 of what `parts` gave. Raises UsageError if there is something at `path` already,
    SptFlowError if it cannot be written, and whatever `parts` raises; nothing is left then.
    """
    require_free(path)
    try:
        with complete_file(path) as target:
            manifest = _write(target, parts, describe)
    except OSError as error:
        raise SptFlowError(f"{path} cannot be written: {error.strerror or error}.") from None
    return manifest


def require_free(path: Path) -> None:
    """Raise UsageError if there is something at `path` already."""
    if path.exists():
        raise UsageError(f"There is something at {path} already, and it is not overwritten.", next_command=f"rm {path}")


def _write(target: IO[bytes], parts: Iterable[bytes], describe: Callable[[int, str], Manifest]) -> Manifest:
    digest, size = hashlib.sha256(), 0
    target.write(_header(CONTENT, 0))  # the size stands before the content, and is known after it
    for part in parts:
        target.write(part)
        digest.update(part)
        size += len(part)
    target.write(_padding(size))
    manifest = describe(size, digest.hexdigest())
    text = manifest.model_dump_json(indent=2).encode()
    target.write(_header(MANIFEST, len(text)) + text + _padding(len(text)) + bytes(2 * _BLOCK))
    target.seek(0)
    target.write(_header(CONTENT, size))
    return manifest


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


@contextlib.contextmanager
def open_saved_home(path: Path) -> Iterator[SavedHome]:
    """Open a file and check all of it; raises SptFlowError if it is none of ours, incomplete or changed."""
    with contextlib.ExitStack() as stack:
        try:
            archive = stack.enter_context(tarfile.open(path, "r:"))
            saved = SavedHome(_manifest(archive, path), _member(archive, CONTENT, path))
            found = _digest(saved)
        except OSError as error:
            raise SptFlowError(f"The file {path} cannot be read: {error.strerror or error}.") from None
        except (tarfile.TarError, EOFError):
            raise _foreign(path) from None
        expected = (saved.manifest.size, saved.manifest.sha256)
        if found != expected:
            raise SptFlowError(
                f"The content of {path} is not what was saved: it is damaged or incomplete "
                f"({found[0]} bytes of {expected[0]}, SHA-256 {'as' if found[1] == expected[1] else 'not as'} saved)."
            )
        yield saved


def _manifest(archive: tarfile.TarFile, path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(_member(archive, MANIFEST, path).read(_MOST_MANIFEST))
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise SptFlowError(
            f"The manifest of {path} is not understood ({where}: {wrong['msg']}); a newer version may have written it.",
            next_command="sptcoder version",
        ) from None


def _member(archive: tarfile.TarFile, name: str, path: Path) -> IO[bytes]:
    try:
        found = archive.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise _foreign(path)
    return found


def _digest(saved: SavedHome) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for part in saved.parts():
        digest.update(part)
        size += len(part)
    return size, digest.hexdigest()


def _foreign(path: Path) -> SptFlowError:
    return SptFlowError(
        f"{path} is no home that 'sptcoder snapshot' saved: it has no {CONTENT} and {MANIFEST}.",
        next_command="sptcoder snapshot --help",
    )
