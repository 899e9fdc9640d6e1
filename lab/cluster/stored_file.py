"""Files that are whole or not there: written beside their place, then moved into it."""

__all__ = ["remove_unfinished", "write_if_changed"]

import os
from pathlib import Path

_UNFINISHED = ".unfinished"


def write_if_changed(path: Path, content: str | bytes, *, mode: int = 0o644) -> bool:
    """Make `path` hold `content` with `mode`; return whether anything changed. The folder is made when missing."""
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        path.chmod(mode)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + _UNFINISHED)
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.chmod(mode)
    unfinished.replace(path)
    return True


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed writer left in `folder`."""
    for path in folder.rglob(f"*{_UNFINISHED}"):
        path.unlink(missing_ok=True)
