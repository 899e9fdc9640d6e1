"""The three kinds of CSI snapshots, as far as the platform uses them; the real ones come with external-snapshotter."""

__all__ = ["snapshot_definitions"]

from typing import Any

from tests.support.custom_kinds import OPEN, TEXT, custom_definition, record

_GROUP = "snapshot.storage.k8s.io"
# The group is Kubernetes' own: the API server asks for this to let anybody define a kind in it.
_APPROVAL = "https://github.com/kubernetes-csi/external-snapshotter/pull/814"
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
_POLICY: dict[str, Any] = {"type": "string", "enum": ["Delete", "Retain"]}


def snapshot_definitions() -> list[dict[str, Any]]:
    """Return the definitions; sources and references cannot be changed, as in the real ones."""
    fixed = [{"rule": "self == oldSelf", "message": "source is immutable"}]
    source = {
        **record(persistentVolumeClaimName=TEXT, volumeSnapshotContentName=TEXT),
        "x-kubernetes-validations": fixed,
    }
    snapshot = record(
        ("spec",),
        spec=record(("source",), source=source, volumeSnapshotClassName=TEXT),
        status=record(
            boundVolumeSnapshotContentName=TEXT,
            creationTime=_TIME,
            readyToUse={"type": "boolean"},
            restoreSize=TEXT,
            error=record(message=TEXT, time=_TIME),
        ),
    )
    content = record(
        ("spec",),
        spec=record(
            ("deletionPolicy", "driver", "volumeSnapshotRef"),
            deletionPolicy=_POLICY,
            driver=TEXT,
            source=OPEN,
            volumeSnapshotClassName=TEXT,
            volumeSnapshotRef=OPEN,
        ),
        status=OPEN,
    )
    of_class = record(("deletionPolicy", "driver"), deletionPolicy=_POLICY, driver=TEXT, parameters=OPEN)
    kinds = {"VolumeSnapshotContent": (content, True), "VolumeSnapshot": (snapshot, False)}
    return [
        custom_definition(
            _GROUP,
            "VolumeSnapshotClass",
            of_class,
            plural="volumesnapshotclasses",
            cluster_scoped=True,
            approval=_APPROVAL,
        ),
        *(
            custom_definition(_GROUP, kind, schema, cluster_scoped=cluster_scoped, has_status=True, approval=_APPROVAL)
            for kind, (schema, cluster_scoped) in kinds.items()
        ),
    ]
