"""The lab's control groups: one subtree of its own in every hierarchy, version 1, hybrid or 2."""

__all__ = ["CgroupTree"]

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from core.errors import SptFlowError
from lab.cluster.journal import Change, Journal

_ROOT = Path("/sys/fs/cgroup")
_SYSTEM = "system"
"""Subgroup of the lab's own processes. In version 2 a group with controllers for its children holds none itself."""

_CONTROLLERS = ("cpu", "cpuset", "hugetlb", "io", "memory", "pids")
_COPIED = ("cpuset.cpus", "cpuset.mems")
"""Version 1 lets no process into a cpuset that has not been given these."""


@dataclass(frozen=True)
class CgroupTree:
    """The subtree `name` (for example "/spt-lab") of each hierarchy below `root`."""

    name: str
    root: Path = _ROOT

    @property
    def unified(self) -> bool:
        """Whether version 2 alone is in use."""
        return (self.root / "cgroup.controllers").is_file()

    def hierarchies(self) -> list[Path]:
        """Return the root folder of each hierarchy."""
        if self.unified:
            return [self.root]
        return sorted(
            folder
            for folder in self.root.iterdir()
            if folder.is_dir() and not folder.is_symlink() and (folder / "cgroup.procs").is_file()
        )

    def groups(self) -> list[Path]:
        """Return the lab's group in each hierarchy, there or not."""
        return [hierarchy / self.name.lstrip("/") for hierarchy in self.hierarchies()]

    def joined(self) -> list[Path]:
        """Return the folders the lab's first process must join."""
        return [group / _SYSTEM for group in self.groups()]

    def create(self, journal: Journal) -> None:
        """Make the groups, recorded first."""
        journal.record(Change("cgroup", self.name))
        if self.unified:
            self._delegate_root(journal)
        for group in self.groups():
            for folder in (group, group / _SYSTEM):
                folder.mkdir(exist_ok=True)
                self._copy_cpuset(folder)
            if self.unified:
                _enable(group, _available(group))

    def processes(self) -> set[int]:
        """Return the ids of every process in the subtree, the lab's and its pods'."""
        found: set[int] = set()
        for group in self.groups():
            for listing in group.rglob("cgroup.procs"):
                with contextlib.suppress(OSError):
                    found.update(int(line) for line in listing.read_text().split())
        return found - {0, os.getpid()}

    def kill(self, *, timeout: float = 20.0) -> set[int]:
        """Kill every process of the subtree and wait for their end; return those that would not go."""
        deadline = time.monotonic() + timeout
        while left := self.processes():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                return left
            time.sleep(0.05)
        return set()

    def remove(self, *, timeout: float = 5.0) -> bool:
        """Remove the subtree, innermost groups first; return whether nothing of it is left."""
        deadline = time.monotonic() + timeout
        while left := [group for group in self.groups() if group.is_dir()]:
            for group in left:
                folders = [folder for folder in group.rglob("*") if folder.is_dir()]
                for folder in [*sorted(folders, key=lambda path: len(path.parts), reverse=True), group]:
                    # Busy for a moment after its last process died.
                    with contextlib.suppress(OSError):
                        folder.rmdir()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def release(self, change: Change) -> None:
        """Take back a controller that was turned on for this lab; refused by the kernel while another needs it."""
        with contextlib.suppress(OSError):
            (self.root / "cgroup.subtree_control").write_text(f"-{change.subject}")

    def _delegate_root(self, journal: Journal) -> None:
        on = (self.root / "cgroup.subtree_control").read_text().split()
        missing = [name for name in _available(self.root) if name not in on]
        for name in missing:
            journal.record(Change("controller", name, "-", "+"))
        _enable(self.root, missing)

    def _copy_cpuset(self, folder: Path) -> None:
        for name in _COPIED:
            target, source = folder / name, folder.parent / name
            if not self.unified and target.is_file() and source.is_file() and not target.read_text().strip():
                target.write_text(source.read_text())


def _available(group: Path) -> list[str]:
    offered = (group / "cgroup.controllers").read_text().split()
    return [name for name in _CONTROLLERS if name in offered]


def _enable(group: Path, controllers: list[str]) -> None:
    if not controllers:
        return
    try:
        (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in controllers))
    except OSError as error:
        # In a container the root holds processes itself, and then passes nothing down.
        raise SptFlowError(
            f"The control group controllers {', '.join(controllers)} cannot be turned on for groups below {group}: "
            f"{error.strerror}."
        ) from None
