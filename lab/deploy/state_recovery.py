"""Making good what a killed engine, or a full disk, left half-written in the state's folder."""

__all__ = ["recover_checkpoint", "sweep_unfinished"]

import json
import shutil
import time
from pathlib import Path

from lab.deploy.state_file import is_readable, newest_readable_backup, state_path


def sweep_unfinished(backend: Path) -> None:
    """Remove files whose writing never ended, and locks and attributes that cannot be read; no engine may be running.

    The engine writes beside and renames: what still has its temporary name was never part of the state, but an empty
    one among the locks makes every later run fail. So does a torn `.attrs`: beside each file it holds the content type
    and a checksum, and the file is whole without it.
    """
    folder = backend / ".pulumi"
    for path in folder.rglob("*.tmp"):
        path.unlink(missing_ok=True)
    for path in (*(folder / "locks").rglob("*.json"), *folder.rglob("*.attrs")):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            path.unlink(missing_ok=True)


def recover_checkpoint(backend: Path, stack: str) -> Path | None:
    """Put the newest good backup in place of a checkpoint that a killed engine left torn or not written yet.

    The engine moves the checkpoint aside and then writes it anew: killed in between, it leaves none at all, and without
    one the next run would know nothing of what is there. Returns the backup that was used, or None if none was needed.
    Only for a stack whose last engine died; an unreadable checkpoint of any other is for the user to judge.
    """
    path = state_path(backend, stack)
    backup = newest_readable_backup(backend, stack)
    if is_readable(path) or backup is None:
        return None
    if path.exists():
        shutil.copyfile(path, path.with_name(f"{path.name}.torn-{time.time_ns()}"))
    fresh = path.with_name(f"{path.name}.new")
    shutil.copyfile(backup, fresh)
    path.with_name(f"{path.name}.attrs").unlink(missing_ok=True)
    fresh.replace(path)
    return backup
