"""Making good what a killed engine, or a full disk, left half-written in the state's folder."""

__all__ = ["recover_checkpoint", "sweep_unfinished"]

import json
import shutil
import time
from pathlib import Path

from lab.deploy.state_file import is_readable, newest_readable_backup, state_path


def sweep_unfinished(backend: Path) -> None:
    """Remove files whose writing never ended, and locks that cannot be read; no engine may be running.

    The engine writes beside and renames: what still has its temporary name was never part of the state, but an empty
    one among the locks makes every later run fail.
    """
    for path in (backend / ".pulumi").rglob("*.tmp"):
        path.unlink(missing_ok=True)
    for path in (backend / ".pulumi" / "locks").rglob("*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink(missing_ok=True)


def recover_checkpoint(backend: Path, stack: str) -> Path | None:
    """Put the newest good backup in place of a checkpoint that a killed engine tore; return the kept torn file.

    Only for a stack whose last engine died holding its lock; any other unreadable checkpoint is for the user to judge.
    """
    path = state_path(backend, stack)
    backup = newest_readable_backup(backend, stack)
    if not path.exists() or is_readable(path) or backup is None:
        return None
    kept = path.with_name(f"{path.name}.torn-{time.time_ns()}")
    shutil.copyfile(path, kept)
    fresh = path.with_name(f"{path.name}.new")
    shutil.copyfile(backup, fresh)
    fresh.replace(path)
    return kept
