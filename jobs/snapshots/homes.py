"""The home volumes of a namespace, and claims like them that are made of snapshots or for a drill."""

__all__ = ["HOME_LABEL", "claim_manifest", "claims_path", "facts", "in_use", "list_homes", "read_home"]

from datetime import datetime
from typing import Any, Final

from core.kubernetes_names import object_labels
from jobs.snapshots.capability import Facts
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.model import Home, VolumeShape

HOME_LABEL: Final = "com.coder.workspace.id"
"""Label of every claim that a template makes."""

GROUP: Final = "snapshot.storage.k8s.io"
_PATH: Final = f"apis/{GROUP}/v1"
_COMPONENT: Final = "snapshots"
# What clusters write on claims themselves.
_OWN_ANNOTATIONS: Final = ("com.coder.", "spt-flow/")


def claims_path(namespace: str, name: str = "") -> str:
    """Return the API's path of the claims of a namespace, or of one."""
    return f"api/v1/namespaces/{namespace}/persistentvolumeclaims" + (f"/{name}" if name else "")


def list_homes(cluster: Cluster, namespace: str) -> list[Home]:
    """Return every home volume, bound or not; raise ClusterError unless all could be read."""
    return [read_home(each) for each in cluster.list(claims_path(namespace), HOME_LABEL)]


def read_home(manifest: dict[str, Any]) -> Home:
    """Return what matters of a claim."""
    metadata, spec = manifest["metadata"], manifest["spec"]
    kept = {key: text for key, text in (metadata.get("annotations") or {}).items() if key.startswith(_OWN_ANNOTATIONS)}
    shape = VolumeShape(
        storage=spec["resources"]["requests"]["storage"],
        storage_class=spec.get("storageClassName"),
        access_modes=tuple(spec["accessModes"]),
        labels=metadata.get("labels") or {},
        annotations=kept,
    )
    return Home(
        name=metadata["name"],
        uid=metadata["uid"],
        created=datetime.fromisoformat(metadata["creationTimestamp"]),
        shape=shape,
        is_terminating="deletionTimestamp" in metadata,
        is_bound=(manifest.get("status") or {}).get("phase") == "Bound",
    )


def claim_manifest(name: str, namespace: str, shape: VolumeShape, *, is_home: bool) -> dict[str, Any]:
    """Return a claim of the shape; only a home gets back the labels by which it belongs to a workspace."""
    labels = dict(shape.labels) if is_home else object_labels(name, _COMPONENT)
    chosen = {} if shape.storage_class is None else {"storageClassName": shape.storage_class}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": labels,
            "annotations": dict(shape.annotations) if is_home else {},
        },
        "spec": {
            "accessModes": list(shape.access_modes),
            "resources": {"requests": {"storage": shape.storage}},
            **chosen,
        },
    }


def facts(cluster: Cluster, class_name: str) -> Facts:
    """Ask the cluster whether its storage makes snapshots; raise ClusterError if it cannot be asked."""
    served = cluster.get(_PATH)
    kinds = {each["kind"] for each in (served or {}).get("resources", ())}
    serves = {"VolumeSnapshot", "VolumeSnapshotClass"} <= kinds
    found = cluster.get(f"{_PATH}/volumesnapshotclasses/{class_name}") if serves and class_name else None
    driver = None if found is None else str(found.get("driver") or "") or None
    return Facts(class_name, driver, serves_snapshots=serves)


def in_use(cluster: Cluster, namespace: str) -> frozenset[str]:
    """Return the names of the VolumeSnapshots that a volume is being made of."""
    sources = [
        each["spec"].get("dataSource") or {}
        for each in cluster.list(claims_path(namespace))
        if (each.get("status") or {}).get("phase") != "Bound"
    ]
    return frozenset(each["name"] for each in sources if each.get("kind") == "VolumeSnapshot")
