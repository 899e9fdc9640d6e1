"""What keeps snapshots, whichever way they are made, and the choice between the two."""

__all__ = ["Keeper", "open_keeper"]

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from jobs.event_log import EventLog
from jobs.snapshots.capability import Way, choose
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.csi import CsiSnapshots
from jobs.snapshots.files import FileSnapshots
from jobs.snapshots.homes import facts
from jobs.snapshots.model import Home, Snapshot, VolumeShape
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import WorkerPods


class Keeper(Protocol):
    """Every method raises SptFlowError for what could not be done."""

    def list(self) -> Sequence[Snapshot]:
        """Return every snapshot of this job's."""

    def in_use(self) -> Collection[str]:
        """Return the ids of snapshots that a volume is being made of."""

    def take(self, home: Home, now: datetime) -> None:
        """Make a snapshot, or begin to."""

    def mark_gone(self, snapshots: Sequence[Snapshot], now: datetime) -> None:
        """Write down on each that its claim is gone since now."""

    def remove(self, snapshot: Snapshot) -> None:
        """Let go of a snapshot, at the latest with `finish`."""

    def finish(self) -> None:
        """Do what was put off."""

    def check(self) -> None:
        """Look whether the place where snapshots are kept is in order."""

    def restore(self, snapshot: Snapshot, name: str, shape: VolumeShape, *, is_home: bool) -> None:
        """Make a claim of the name out of the snapshot."""


def open_keeper(settings: SnapshotSettings, cluster: Cluster, pods: WorkerPods, log: EventLog) -> tuple[Way, Keeper]:
    """Find out what the cluster can do, say so in the log, and return the way with what keeps snapshots that way.

    Raise SptFlowError if there is none.
    """
    has_repository = settings.repository_claim is not None and settings.password_secret is not None
    found = None if settings.way == "files" else facts(cluster, settings.class_name or "")
    way, reason = choose(settings.way, found, has_repository=has_repository)
    log.write("way", way=way, reason=reason)
    if way == "csi":
        return way, CsiSnapshots(cluster, settings.namespace, settings.class_name or "")
    return way, FileSnapshots(cluster, pods, settings.namespace)
