"""One run at a time: a file lock that the kernel releases when its holder dies, however it dies."""

__all__ = ["run_lock"]

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from core.errors import SptFlowError

_PAUSE: Final = 0.2


@contextmanager
def run_lock(path: Path, *, purpose: str, patience: float = 0) -> Iterator[None]:
    """Hold the lock for the block; when another run holds it, raise an error that names that run.

    `patience` is for how many seconds the other run is waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+", encoding="utf-8") as file:
        end = time.monotonic() + patience
        while not _taken(file):
            if time.monotonic() >= end:
                file.seek(0)
                holder = file.read().strip() or "another run"
                raise SptFlowError(
                    f"{holder} is already working on this lab ({path.parent}); only one run at a time may change it.",
                    next_command="wait for it to end, then try again",
                )
            time.sleep(_PAUSE)
        file.truncate(0)
        file.write(f"'{purpose}' (process {os.getpid()})")
        file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
