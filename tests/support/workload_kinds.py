"""Every kind of workload: its resource type, where its pod stands, and manifests built around a pod."""

__all__ = ["DEPLOYMENT", "POD", "WORKLOAD_KINDS", "in_list", "workload"]

import copy
from collections.abc import Mapping
from typing import Any, Final

_TEMPLATE: Final = ("spec", "template")

POD: Final = "kubernetes:core/v1:Pod"

DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"

WORKLOAD_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    POD: (),
    "kubernetes:core/v1:PodTemplate": ("template",),
    "kubernetes:core/v1:ReplicationController": _TEMPLATE,
    "kubernetes:apps/v1:DaemonSet": _TEMPLATE,
    DEPLOYMENT: _TEMPLATE,
    "kubernetes:apps/v1:ReplicaSet": _TEMPLATE,
    "kubernetes:apps/v1:StatefulSet": _TEMPLATE,
    "kubernetes:apps/v1beta2:Deployment": _TEMPLATE,
    "kubernetes:extensions/v1beta1:Deployment": _TEMPLATE,
    "kubernetes:batch/v1:Job": _TEMPLATE,
    "kubernetes:batch/v1:CronJob": ("spec", "jobTemplate", "spec", "template"),
    "kubernetes:batch/v1beta1:CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Resource type -> keys that lead to the object with the pod's `metadata` and `spec`."""


def workload(
    resource_type: str,
    spec: object,
    *,
    name: object = "thing",
    namespace: object = None,
    pod_metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a workload of that type around a pod; `namespace` None leaves it out."""
    own = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    path = WORKLOAD_KINDS[resource_type]
    if not path:
        return {"metadata": {**own, **(pod_metadata or {})}, "spec": copy.deepcopy(spec)}
    body: dict[str, Any] = {"spec": copy.deepcopy(spec)}
    if pod_metadata is not None:
        body["metadata"] = dict(pod_metadata)
    for key in reversed(path):
        body = {key: body}
    return {"metadata": own, **body}


def in_list(resource_type: str, *bodies: Mapping[str, Any], typed: bool = False) -> tuple[str, dict[str, Any]]:
    """Return type and properties of a list of such objects: a List of anything, or the kind's own list."""
    _, group_version, kind = resource_type.split(":")
    if typed:
        return f"{resource_type}List", {"items": [dict(body) for body in bodies]}
    api_version = group_version.removeprefix("core/")
    items = [{"apiVersion": api_version, "kind": kind, **body} for body in bodies]
    return "kubernetes:core/v1:List", {"apiVersion": "v1", "kind": "List", "items": items}
