"""The state as a file on disk: whether it can be read, which backup to go back to, and locks of dead engines."""

__all__ = [
    "check_state",
    "has_pending_operations",
    "is_readable",
    "newest_readable_backup",
    "release_engines",
    "state_exists",
    "state_path",
]

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from core.errors import SptFlowError
from lab.deploy.stack_file import PROJECT

_POLL_SECONDS = 0.2


def state_path(backend: Path, stack: str) -> Path:
    """Return where the engine's file backend keeps the checkpoint of a stack."""
    return backend / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"


def state_exists(backend: Path, stack: str) -> bool:
    """Tell whether the stack has a checkpoint."""
    return state_path(backend, stack).exists()


def has_pending_operations(backend: Path, stack: str) -> bool:
    """Tell whether a killed engine left operations in the checkpoint of which it never learned the outcome."""
    content = _content(state_path(backend, stack))
    try:
        return content is not None and bool((content["checkpoint"]["latest"] or {}).get("pending_operations"))
    except (KeyError, TypeError):
        return False


def check_state(backend: Path, stack: str) -> None:
    """Raise a SptFlowError that names the backup to go back to when the checkpoint cannot be read."""
    path = state_path(backend, stack)
    if not path.exists() or is_readable(path):
        return
    backup = newest_readable_backup(backend, stack)
    if backup is None:
        next_command = "make down YES=1 && make up to start afresh"
        where = "there is no backup that can be read"
    else:
        next_command = f"cp {backup} {path} && make up"
        where = f"the newest backup that can be read is {backup}"
    raise SptFlowError(
        f"The state file {path} is not a readable checkpoint; it was left as it is, and {where}.",
        next_command=next_command,
    )


def newest_readable_backup(backend: Path, stack: str) -> Path | None:
    """Return the newest copy of the checkpoint that parses, the engine's own `.bak` and `backups` folder included."""
    checkpoint = state_path(backend, stack)
    folder = backend / ".pulumi" / "backups" / PROJECT / stack
    candidates = [
        path for path in (checkpoint.with_name(f"{checkpoint.name}.bak"), *folder.glob("*")) if path.is_file()
    ]
    ordered = sorted(candidates, key=lambda path: path.stat().st_mtime, reverse=True)
    return next((path for path in ordered if is_readable(path)), None)


def release_engines(backend: Path, stack: str, *, patience: float = 60.0) -> bool:
    """Wait for engines that still hold the stack's lock to end; return whether a dead one left its lock behind.

    An engine whose caller was killed is finishing the step in flight; it gets `patience` seconds for that.
    """
    deadline = time.monotonic() + patience
    while True:
        owners = list(_lock_owners(backend, stack))
        alive = [pid for hostname, pid in owners if hostname != socket.gethostname() or _is_engine(pid)]
        if not alive:
            return bool(owners)
        if time.monotonic() > deadline:
            raise SptFlowError(
                f"The stack '{stack}' is locked by a Pulumi engine that is still running (process {alive[0]}).",
                next_command=f"wait for process {alive[0]} to end, then make up",
            )
        time.sleep(_POLL_SECONDS)


def _lock_owners(backend: Path, stack: str) -> Iterator[tuple[str, int]]:
    for path in (backend / ".pulumi" / "locks").rglob("*.json"):
        if path.parent.name != stack:
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            yield socket.gethostname(), 0  # a torn lock file has no owner
            continue
        yield str(content.get("hostname", "")), int(content.get("pid", 0))


def _is_engine(pid: int) -> bool:
    # A process id is used again by others: only a living Pulumi engine holds a lock.
    try:
        return pid > 0 and psutil.Process(pid).name() == "pulumi"
    except psutil.NoSuchProcess:
        return False


def is_readable(path: Path) -> bool:
    """Tell whether a file is a whole checkpoint."""
    return _content(path) is not None


def _content(path: Path) -> dict[str, Any] | None:
    """Return what the file holds, None when it is no whole checkpoint."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "checkpoint" in content else None
