"""Snapshots that the storage makes: VolumeSnapshot objects beside the claims, of the platform's class.

The class retains: what an object stands for does not go with it. So a snapshot that may go has its content switched
to Delete first, and the storage is freed with it; one that went with its namespace stays.
"""

__all__ = ["OF_CLAIM", "CsiSnapshots", "snapshot_name"]

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from core.errors import SptFlowError
from core.kubernetes_names import object_labels
from core.quantity import Quantity
from jobs.snapshots.cluster import Cluster, ConflictError
from jobs.snapshots.homes import GROUP, claim_manifest, claims_path, in_use
from jobs.snapshots.model import Home, Snapshot, State, VolumeShape

OF_CLAIM: Final = "spt-flow/snapshot-of"
"""Label of every snapshot of this job's: the uid of its claim. No other snapshot is ever looked at."""

_CLAIM: Final = "spt-flow/claim"
_SHAPE: Final = "spt-flow/claim-shape"
_GONE: Final = "spt-flow/claim-gone-since"
_NAME: Final = "home-snapshots"
_COMPONENT: Final = "snapshots"
_LENGTH: Final = 253
_HASH: Final = 8


def snapshot_name(claim: str, moment: datetime) -> str:
    """Return a name for a snapshot of this minute, unique among claims and no longer than the API takes."""
    stamp = moment.astimezone(UTC).strftime("%Y%m%dt%H%M")
    room = _LENGTH - len(stamp) - 1
    if len(claim) > room:
        mark = hashlib.sha256(claim.encode()).hexdigest()[:_HASH]
        claim = f"{claim[: room - _HASH - 1].rstrip('.-')}-{mark}"
    return f"{claim}-{stamp}"


class CsiSnapshots:
    """The snapshots of one namespace."""

    def __init__(self, cluster: Cluster, namespace: str, class_name: str) -> None:
        self._cluster, self._namespace, self._class = cluster, namespace, class_name
        self._path = f"apis/{GROUP}/v1/namespaces/{namespace}/volumesnapshots"

    def list(self) -> list[Snapshot]:
        """Return every snapshot of this job's; raise ClusterError unless all could be read."""
        return [_snapshot(each) for each in self._cluster.list(self._path, OF_CLAIM)]

    def in_use(self) -> frozenset[str]:
        """Return the ids of snapshots that a volume is being made of."""
        return in_use(self._cluster, self._namespace)

    def take(self, home: Home, now: datetime) -> None:
        """Ask for a snapshot; one that was asked for in the same minute is the same. Raise ClusterError."""
        manifest = {
            "apiVersion": f"{GROUP}/v1",
            "kind": "VolumeSnapshot",
            "metadata": {
                "name": snapshot_name(home.name, now),
                "namespace": self._namespace,
                "labels": {**object_labels(_NAME, _COMPONENT), OF_CLAIM: home.uid},
                "annotations": {_CLAIM: home.name, _SHAPE: home.shape.encode()},
            },
            "spec": {
                "volumeSnapshotClassName": self._class,
                "source": {"persistentVolumeClaimName": home.name},
            },
        }
        try:
            self._cluster.create(self._path, manifest)
        except ConflictError:
            found = self._cluster.get(f"{self._path}/{manifest['metadata']['name']}") or {}  # type: ignore[index] # of a mapping
            if (found.get("metadata", {}).get("labels") or {}).get(OF_CLAIM) != home.uid:
                raise

    def mark_gone(self, snapshots: Sequence[Snapshot], now: datetime) -> None:
        """Write down on each that its claim is gone since now; raise ClusterError."""
        for each in snapshots:
            mark = {_GONE: now.astimezone(UTC).isoformat(timespec="seconds")}
            self._cluster.patch(f"{self._path}/{each.id}", {"metadata": {"annotations": mark}})

    def remove(self, snapshot: Snapshot) -> None:
        """Delete a snapshot and what it stands for; safe to repeat after any part of it. Raise ClusterError."""
        found = self._cluster.get(f"{self._path}/{snapshot.id}")
        if found is None:
            return
        metadata = found["metadata"]
        if (metadata.get("labels") or {}).get(OF_CLAIM) != snapshot.claim_uid:
            raise SptFlowError(f"The snapshot '{snapshot.id}' is not the one any more that was seen; it is kept.")
        content = (found.get("status") or {}).get("boundVolumeSnapshotContentName")
        if content:
            path = f"apis/{GROUP}/v1/volumesnapshotcontents/{content}"
            bound = self._cluster.get(path)
            if bound is not None:
                if bound["spec"]["volumeSnapshotRef"].get("uid") != metadata["uid"]:
                    raise SptFlowError(f"The content of snapshot '{snapshot.id}' belongs to another one; it is kept.")
                self._cluster.patch(path, {"spec": {"deletionPolicy": "Delete"}})
        self._cluster.delete(f"{self._path}/{snapshot.id}", uid=metadata["uid"])

    def finish(self) -> None:
        """Do nothing: storage frees what was removed by itself."""

    def check(self) -> None:
        """Do nothing: what storage keeps it looks after."""

    def restore(self, snapshot: Snapshot, name: str, shape: VolumeShape, *, is_home: bool) -> None:
        """Make a claim of the snapshot; storage fills it when it is bound. Raise ClusterError."""
        status = (self._cluster.get(f"{self._path}/{snapshot.id}") or {}).get("status") or {}
        manifest = claim_manifest(name, self._namespace, shape, is_home=is_home)
        least = status.get("restoreSize")
        if least and Quantity.parse(least) > Quantity.parse(shape.storage):
            manifest["spec"]["resources"]["requests"]["storage"] = least
        manifest["spec"]["dataSource"] = {"apiGroup": GROUP, "kind": "VolumeSnapshot", "name": snapshot.id}
        self._cluster.create(claims_path(self._namespace), manifest)


def _snapshot(manifest: dict[str, Any]) -> Snapshot:
    metadata, status = manifest["metadata"], manifest.get("status") or {}
    annotations = metadata.get("annotations") or {}
    gone, error = annotations.get(_GONE), status.get("error") or {}
    # An error may be one that is tried again: a snapshot that came to be is ready whatever was said before.
    state = State.READY if status.get("readyToUse") else State.FAILED if error else State.PENDING
    # While it is deleted nothing can be made of it.
    state = State.FAILED if "deletionTimestamp" in metadata else state
    shape = annotations.get(_SHAPE)
    return Snapshot(
        id=metadata["name"],
        claim=annotations.get(_CLAIM) or manifest["spec"]["source"].get("persistentVolumeClaimName") or "",
        claim_uid=metadata["labels"][OF_CLAIM],
        created=datetime.fromisoformat(status.get("creationTime") or metadata["creationTimestamp"]),
        state=state,
        shape=None if shape is None else VolumeShape.decode(shape),
        gone_since=None if gone is None else datetime.fromisoformat(gone),
        reason=str(error.get("message") or ""),
    )
