"""Taking a lab down: everything it recorded is undone, its own files are removed, nothing else is touched."""

__all__ = ["stop_lab"]

import contextlib
import os
import shutil
import signal
from pathlib import Path

from core.errors import SptFlowError, UsageError
from lab.cluster import network, sysctl
from lab.cluster.cgroup import CgroupTree
from lab.cluster.journal import Change, Journal
from lab.cluster.layout import ClusterLayout
from lab.cluster.lock import exclusive
from lab.cluster.record import running_record
from lab.instance import INSTANCE_FILE, LabInstance
from lab.progress import Progress

_FOLDERS = ("config", "containerd", "etcd", "kubelet", "logs", "pki", "volumes")
_RUN = "run"
_MOUNT_POINT = 4
"""Index of the mount point in a line of /proc/self/mountinfo."""

_STEPS = ["Lab processes end", "Host settings restored", "Lab files removed"]


def stop_lab(instance: LabInstance, progress: Progress) -> None:
    """Remove the lab in `instance.directory`, running, crashed or half made; do nothing when there is none.

    What counts is the identity kept in the directory. Raises UsageError for a directory that is no lab's.
    """
    kept = LabInstance.load(instance.directory)
    if kept is None:
        _refuse_foreign(instance.directory)
        return
    _refuse_mounts(kept.directory)
    layout = ClusterLayout.of(kept)
    progress.plan(_STEPS)
    with exclusive(kept):
        with progress.step(_STEPS[0]):
            _end_processes(kept, layout)
        with progress.step(_STEPS[1]):
            _undo(kept, Journal(layout.journal))
        with progress.step(_STEPS[2]):
            _remove_files(kept, layout)


def _refuse_foreign(directory: Path) -> None:
    found = [name for name in (*_FOLDERS, _RUN, "kubeconfig") if (directory / name).exists()]
    if found:
        raise UsageError(
            f"{directory} holds '{found[0]}' but no {INSTANCE_FILE}: it is not known to be a lab, nothing was removed."
        )


def _end_processes(instance: LabInstance, layout: ClusterLayout) -> None:
    record = running_record(layout)
    if record is not None:
        # The first process of a PID namespace takes all others with it.
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.pid, signal.SIGKILL)
    owned = any(change.kind == "cgroup" for change in Journal(layout.journal).entries())
    if owned and (left := CgroupTree(instance.cgroup).kill()):
        raise SptFlowError(f"Processes of the lab cannot be ended: {', '.join(map(str, sorted(left)))}.")


def _undo(instance: LabInstance, journal: Journal) -> None:
    heir = next(iter(network.other_lab_directories(instance)), None)
    for change in reversed(journal.entries()):
        if change.kind in {"device", "rule"}:
            network.detach(change, instance)
        elif change.kind == "sysctl":
            _return_setting(change, heir)
        elif change.kind == "controller":
            if heir is None:
                CgroupTree(instance.cgroup).release(change)
        elif not CgroupTree(change.subject).remove():
            raise SptFlowError(f"The control group {change.subject} cannot be removed: something still uses it.")
    journal.clear()


def _return_setting(change: Change, heir: Path | None) -> None:
    """Restore a kernel setting, or leave that to a lab that still needs it."""
    if heir is None:
        sysctl.restore(change)
    else:
        Journal(ClusterLayout(heir).journal).record(change)


def _remove_files(instance: LabInstance, layout: ClusterLayout) -> None:
    try:
        for name in _FOLDERS:
            _remove_folder(instance.directory / name)
        instance.kubeconfig.unlink(missing_ok=True)
        _remove_folder(layout.run)
        # Last: until here the directory is a lab's, and a second try goes on.
        (instance.directory / INSTANCE_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise SptFlowError(f"A file of the lab cannot be removed: {error.filename}: {error.strerror}.") from None
    with contextlib.suppress(OSError):
        instance.directory.rmdir()


def _remove_folder(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _refuse_mounts(directory: Path) -> None:
    """Refuse when something is mounted below the directory: a lab's own mounts are never seen on the host."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = Path(line.split()[_MOUNT_POINT].encode().decode("unicode_escape"))
        if directory in point.parents:
            raise SptFlowError(
                f"{point} is mounted inside the lab's directory, and not by the lab: nothing was removed.",
                next_command=f"umount {point}, then make down",
            )
