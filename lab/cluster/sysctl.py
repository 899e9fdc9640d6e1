"""Kernel settings that hold for the whole machine and that the lab or its components change."""

__all__ = ["AT_LEAST", "FORWARDING", "GLOBAL_SETTINGS", "prepare", "read", "restore"]

import contextlib
from pathlib import Path

from lab.cluster.journal import Change, Journal

GLOBAL_SETTINGS = {
    "vm.overcommit_memory": "1",
    "vm.panic_on_oom": "0",
    "kernel.panic": "10",
    "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000",
    "kernel.keys.root_maxbytes": "25000000",
}
"""What the kubelet sets when it starts, whatever it is told."""

FORWARDING = "net.ipv4.ip_forward"
"""The host must pass the lab's packets on."""

AT_LEAST = {"fs.inotify.max_user_instances": 1024}
"""Limits of the machine that are raised, if they are lower.

A lab's programs watch files by some twenty instances. The usual 128 are few for several labs and whatever else watches;
without one the kubelet does not start.
"""

_PROC = Path("/proc/sys")


def read(name: str, proc: Path = _PROC) -> str | None:
    """Return the value of a setting; None when this kernel has no such setting."""
    try:
        return _file(name, proc).read_text().strip()
    except OSError:
        return None


def prepare(journal: Journal, proc: Path = _PROC) -> None:
    """Record every setting that will change, then turn forwarding on and raise limits."""
    for name, ours in {**GLOBAL_SETTINGS, FORWARDING: "1"}.items():
        before = read(name, proc)
        if before is not None and before != ours:
            journal.record(Change("sysctl", name, before, ours))
    if read(FORWARDING, proc) != "1":
        _file(FORWARDING, proc).write_text("1")
    for name, least in AT_LEAST.items():
        before = read(name, proc)
        if before is not None and int(before) < least:
            journal.record(Change("sysctl", name, before, str(least)))
            # Read-only in some containers; most often what there is suffices.
            with contextlib.suppress(OSError):
                _file(name, proc).write_text(str(least))


def restore(change: Change, proc: Path = _PROC) -> None:
    """Put the value before back, unless somebody has changed the setting since."""
    if read(change.subject, proc) == change.ours:
        # Read-only in some containers; then the lab could not change it either.
        with contextlib.suppress(OSError):
            _file(change.subject, proc).write_text(change.before)


def _file(name: str, proc: Path) -> Path:
    return proc.joinpath(*name.split("."))
