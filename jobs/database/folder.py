"""The folder of dumps: what in it is a good dump, how a new one enters, which old ones leave.

A dump is `<database>-<time, UTC>.dump` with `<the same>.dump.sha256` beside it. It is written under a name that ends
in `.partial`; the checksum is in place before the rename, so a dump under its own name is always complete.
"""

__all__ = ["Dump", "DumpFolder"]

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.errors import SptFlowError

_PARTIAL: Final = ".partial"
_SUFFIX: Final = ".dump"
_CHECKSUM: Final = ".sha256"
_LOCK: Final = ".lock"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_STAMP: Final = re.compile(r"-(?P<time>\d{8}T\d{6}Z)\.dump")
_CHUNK: Final = 1 << 20
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True)
class Dump:
    """One complete dump; `size` in bytes."""

    path: Path
    time: datetime
    size: int

    @property
    def checksum_path(self) -> Path:
        """Return where its checksum is kept."""
        return self.path.with_name(self.path.name + _CHECKSUM)

    def recorded_checksum(self) -> str | None:
        """Return the SHA-256 that was recorded when it was made, or None if there is no record."""
        try:
            return self.checksum_path.read_text(encoding="ascii").split(maxsplit=1)[0]
        except (OSError, UnicodeDecodeError, IndexError):
            return None

    def is_intact(self) -> bool:
        """Say whether its content is still what was recorded; reads all of it."""
        recorded = self.recorded_checksum()
        return recorded is not None and recorded == file_checksum(self.path)


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class DumpFolder:
    """The dumps of one database in one folder, which has to exist."""

    def __init__(self, path: Path, database: str) -> None:
        if not path.is_dir():
            raise SptFlowError(f"The folder of dumps '{path}' is no folder; a volume has to be mounted there.")
        self.path = path
        self._database = database

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; raise SptFlowError at once if another one has it.

        The lock goes with the process, however that ends, so it is never stale.
        """
        with (self.path / _LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SptFlowError(
                    f"Another dump or restore is at work in '{self.path}'; only one may be at a time."
                ) from None
            yield

    def dumps(self) -> list[Dump]:
        """Return the database's dumps, newest first; files with a name of another form are none."""
        found = []
        for path in self.path.glob(f"{self._database}-*{_SUFFIX}"):
            match = _STAMP.fullmatch(path.name.removeprefix(self._database))
            if match is not None and path.is_file():
                time = datetime.strptime(match["time"], _TIME).replace(tzinfo=UTC)
                found.append(Dump(path, time, path.stat().st_size))
        return sorted(found, key=lambda dump: dump.time, reverse=True)

    def remove_partials(self) -> list[str]:
        """Remove what interrupted runs left, and return the names; only while the folder is locked."""
        left = [*self.path.glob(f"{self._database}-*{_SUFFIX}{_PARTIAL}")]
        left += [
            path
            for path in self.path.glob(f"{self._database}-*{_SUFFIX}{_CHECKSUM}")
            if not path.with_name(path.name.removesuffix(_CHECKSUM)).exists()
        ]
        for path in left:
            path.unlink(missing_ok=True)
        return sorted(path.name for path in left)

    def partial_path(self, time: datetime) -> Path:
        """Return where a new dump is to be written, an empty file that only its owner can read."""
        name = f"{self._database}-{time.astimezone(UTC).strftime(_TIME)}{_SUFFIX}"
        if (self.path / name).exists():
            raise SptFlowError(f"There is a dump '{name}' already; a second one of the same second is not made.")
        path = self.path / (name + _PARTIAL)
        path.touch(mode=_OWNER_ONLY)
        return path

    def accept(self, partial: Path) -> Dump:
        """Give a checked dump its own name, for good even if the machine loses power the moment after."""
        final = partial.with_name(partial.name.removesuffix(_PARTIAL))
        dump = Dump(final, self._time_of(final), partial.stat().st_size)
        _sync(partial)
        dump.checksum_path.write_text(f"{file_checksum(partial)}  {final.name}\n", encoding="ascii")
        _sync(dump.checksum_path)
        partial.rename(final)
        _sync(self.path)
        return dump

    def remove_old(self, keep: int) -> tuple[list[str], list[str]]:
        """Remove dumps older than the `keep` newest intact ones; return names removed, and names found damaged.

        A damaged dump never counts as one that is kept, so the last good ones stay however many bad ones are newer.
        """
        good, removed, damaged = 0, [], []
        for dump in self.dumps():
            if good >= keep:
                # The dump goes first: a checksum without a dump is swept up by the next run.
                dump.path.unlink(missing_ok=True)
                dump.checksum_path.unlink(missing_ok=True)
                removed.append(dump.path.name)
            elif dump.is_intact():
                good += 1
            else:
                damaged.append(dump.path.name)
        return removed, damaged

    def _time_of(self, path: Path) -> datetime:
        stamp = path.name.removeprefix(f"{self._database}-").removesuffix(_SUFFIX)
        return datetime.strptime(stamp, _TIME).replace(tzinfo=UTC)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
