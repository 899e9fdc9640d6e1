"""Snapshots file by file, where storage makes none: pods beside the volumes put them into one repository."""

__all__ = ["FileSnapshots"]

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jobs.snapshots.cluster import Cluster
from jobs.snapshots.homes import claim_manifest, claims_path
from jobs.snapshots.model import Home, Snapshot, State, VolumeShape
from jobs.snapshots.worker_pods import WorkerPods


class FileSnapshots:
    """The snapshots in the repository."""

    def __init__(self, cluster: Cluster, pods: WorkerPods, namespace: str) -> None:
        self._cluster, self._pods, self._namespace = cluster, pods, namespace
        self._removed: list[str] = []

    def list(self) -> list[Snapshot]:
        """Return every snapshot of a claim; raise SptFlowError unless all could be read."""
        found = self._pods.run({"do": "list"})["snapshots"]
        return [_snapshot(each) for each in found if "uid" in each["tags"]]

    def in_use(self) -> frozenset[str]:
        """Return nothing: whoever restores holds the repository, and nothing is removed meanwhile."""
        return frozenset()

    def take(self, home: Home, now: datetime) -> None:
        """Store the files of the home as they are; raise SptFlowError if one could not be read."""
        del now
        order = {"do": "take", "claim": home.name, "uid": home.uid, "shape": home.shape.encode()}
        self._pods.run(order, volume=home.name)

    def mark_gone(self, snapshots: Sequence[Snapshot], now: datetime) -> None:
        """Write down on each that its claim is gone since now; raise SptFlowError."""
        if snapshots:
            self._pods.run({"do": "mark-gone", "ids": [each.id for each in snapshots], "moment": now.isoformat()})

    def remove(self, snapshot: Snapshot) -> None:
        """Note that the snapshot is to go; `finish` lets go of all of them at once, since freeing space takes long."""
        self._removed.append(snapshot.id)

    def finish(self) -> None:
        """Let go of what was noted, and free the space; raise SptFlowError."""
        if self._removed:
            self._pods.run({"do": "remove", "ids": self._removed})
            self._removed = []

    def check(self) -> None:
        """Read the structure of the whole repository; raise SptFlowError if it is not as it should be."""
        self._pods.run({"do": "check"})

    def restore(self, snapshot: Snapshot, name: str, shape: VolumeShape, *, is_home: bool) -> None:
        """Make a claim and write the files into it; raise SptFlowError.

        The claim is taken away again if that fails: half a home is none.
        """
        path = claims_path(self._namespace)
        made = self._cluster.create(path, claim_manifest(name, self._namespace, shape, is_home=is_home))
        try:
            self._pods.run({"do": "restore", "id": snapshot.id}, volume=name)
        except BaseException:
            self._cluster.delete(f"{path}/{name}", uid=made["metadata"]["uid"])
            raise


def _snapshot(found: Mapping[str, Any]) -> Snapshot:
    tags = found["tags"]
    gone = found["gone_since"]
    return Snapshot(
        id=found["id"],
        claim=tags.get("claim", ""),
        claim_uid=tags["uid"],
        created=datetime.fromisoformat(found["time"]),
        state=State.READY if found["is_complete"] else State.FAILED,
        shape=VolumeShape.decode(tags["shape"]) if "shape" in tags else None,
        gone_since=None if gone is None else datetime.fromisoformat(gone),
        reason="" if found["is_complete"] else "files could not be read",
    )
