"""A lock between processes, for the moment in which the configuration is read, changed and written."""

__all__ = ["held_lock"]

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":  # pragma: no cover - one of the two on each system
    import msvcrt
else:
    import fcntl


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock of the file `path`, which is made and stays; waits for whoever holds it."""
    with path.open("a+b") as handle:
        if sys.platform == "win32":  # pragma: no cover - see above
            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                handle.seek(0)
                msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)  # let go when the handle is closed
            yield
