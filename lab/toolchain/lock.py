"""One run builds the toolchain at a time; a second one waits for it and says so."""

__all__ = ["held"]

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lab.progress import Progress

_POLL_SECONDS = 0.5


@contextmanager
def held(path: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock file for the block. The kernel lets go of it however the holder ends, so it is never stale."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        if not _try(file):
            _wait(file, progress)
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait(file: IO[str], progress: Progress) -> None:
    with progress.step("Wait for another run that builds the toolchain") as step:
        while not _try(file):
            file.seek(0)
            step.note(f"process {file.read().strip() or 'unknown'} holds the lock")
            time.sleep(_POLL_SECONDS)
