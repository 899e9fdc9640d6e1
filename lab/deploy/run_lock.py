"""One run at a time: a file lock that the kernel releases when its holder dies, however it dies."""

__all__ = ["run_lock"]

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import SptFlowError


@contextmanager
def run_lock(path: Path, *, purpose: str) -> Iterator[None]:
    """Hold the lock for the block; when another run holds it, raise an error that names that run."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another run"
            raise SptFlowError(
                f"{holder} is already working on this lab ({path.parent}); only one run at a time may change it.",
                next_command="wait for it to end, then try again",
            ) from None
        file.truncate(0)
        file.write(f"'{purpose}' (process {os.getpid()})")
        file.flush()
        yield
