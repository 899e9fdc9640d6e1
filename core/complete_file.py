"""Files that have their name only when they are complete."""

__all__ = ["complete_file"]

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def complete_file(path: Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Write a file in the block; it replaces `path` at the end, and nothing is left of it if the block fails.

    A new file is its owner's alone, one that is replaced keeps its mode unless `mode` is given, and a link stays a
    link. Its folder must be there; raises OSError.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            unfinished.chmod(mode)
        elif target.exists():
            unfinished.chmod(target.stat().st_mode & 0o7777)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
