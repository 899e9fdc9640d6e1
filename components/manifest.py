"""What a Kubernetes manifest is to the program: plain data, which may hold Pulumi inputs as leaves."""

__all__ = ["Manifest", "object_metadata"]

from typing import Any, TypeAlias

from core.kubernetes_names import object_labels

Manifest: TypeAlias = dict[str, Any]
"""The JSON of one Kubernetes object, keys as in the API (camelCase)."""


def object_metadata(name: str, namespace: str, component: str, *, part: str | None = None) -> Manifest:
    """Return `metadata` with an explicit name and the platform's labels; `part` names the app if it is not `name`."""
    return {"name": name, "namespace": namespace, "labels": object_labels(part or name, component)}
