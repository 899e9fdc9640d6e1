"""The three kinds of CSI snapshots, as far as the platform uses them; the real ones come with external-snapshotter."""

__all__ = ["snapshot_definitions"]

from typing import Any

_GROUP = "snapshot.storage.k8s.io"
_TEXT: dict[str, Any] = {"type": "string"}
_TIME: dict[str, Any] = {"type": "string", "format": "date-time"}
_OPEN: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_POLICY: dict[str, Any] = {"type": "string", "enum": ["Delete", "Retain"]}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _definition(kind: str, plural: str, scope: str, schema: dict[str, Any], *, has_status: bool) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{_GROUP}",
            # The group is Kubernetes' own: the API server asks for this to let anybody define a kind in it.
            "annotations": {
                "api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814"
            },
        },
        "spec": {
            "group": _GROUP,
            "scope": scope,
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": schema},
                    **({"subresources": {"status": {}}} if has_status else {}),
                }
            ],
        },
    }


def snapshot_definitions() -> list[dict[str, Any]]:
    """Return the definitions; sources and references cannot be changed, as in the real ones."""
    fixed = [{"rule": "self == oldSelf", "message": "source is immutable"}]
    source = {
        **_object(persistentVolumeClaimName=_TEXT, volumeSnapshotContentName=_TEXT),
        "x-kubernetes-validations": fixed,
    }
    snapshot = _object(
        ("spec",),
        spec=_object(("source",), source=source, volumeSnapshotClassName=_TEXT),
        status=_object(
            boundVolumeSnapshotContentName=_TEXT,
            creationTime=_TIME,
            readyToUse={"type": "boolean"},
            restoreSize=_TEXT,
            error=_object(message=_TEXT, time=_TIME),
        ),
    )
    content = _object(
        ("spec",),
        spec=_object(
            ("deletionPolicy", "driver", "volumeSnapshotRef"),
            deletionPolicy=_POLICY,
            driver=_TEXT,
            source=_OPEN,
            volumeSnapshotClassName=_TEXT,
            volumeSnapshotRef=_OPEN,
        ),
        status=_OPEN,
    )
    of_class = _object(("deletionPolicy", "driver"), deletionPolicy=_POLICY, driver=_TEXT, parameters=_OPEN)
    return [
        _definition("VolumeSnapshotClass", "volumesnapshotclasses", "Cluster", of_class, has_status=False),
        _definition("VolumeSnapshotContent", "volumesnapshotcontents", "Cluster", content, has_status=True),
        _definition("VolumeSnapshot", "volumesnapshots", "Namespaced", snapshot, has_status=True),
    ]
