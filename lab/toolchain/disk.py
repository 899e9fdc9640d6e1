"""Room on the disk for a build from nothing."""

__all__ = ["check_room", "used_bytes"]

import os
import shutil
from pathlib import Path

from core.errors import SptFlowError

_GIB = 1024**3
REQUIRED_BYTES = 10 * _GIB
"""Peak of a build of the tools from nothing: the largest one's modules, compiled packages and all programs. What a lab
takes after that, and on its own disk, is for the preflight to ask."""

_KEPT_SHARE = 0.97
"""A file system's own records of what is there already take a little that cannot be counted."""


def check_room(root: Path) -> None:
    """Raise SptFlowError when the disk that holds `root` cannot take the build.

    What an earlier, interrupted run left in `root` counts as room: it will be used, not made a second time.
    """
    free = shutil.disk_usage(_existing(root)).free
    if free >= REQUIRED_BYTES or free + used_bytes(root) >= REQUIRED_BYTES * _KEPT_SHARE:
        return
    raise SptFlowError(
        f"The toolchain needs {REQUIRED_BYTES // _GIB} GiB of free disk at {root} while it is built; "
        f"there are {free / _GIB:.1f} GiB.",
        next_command="XDG_CACHE_HOME=/a/larger/disk make up",
    )


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def used_bytes(root: Path) -> int:
    """Return what the files below `root` take of the disk."""
    total = 0
    for folder, _, files in os.walk(root):
        for name in (".", *files):
            total += os.lstat(os.path.join(folder, name)).st_blocks * 512  # noqa: PTH118 - a hundred thousand files
    return total
