"""Pods of the platform that cannot start, or do not stay: with the reason that the kubelet gives."""

__all__ = ["pod_parts"]

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lab.cluster import PartHealth
from lab.platform_parts import Objects

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_PATIENCE: Final = timedelta(minutes=2)
_LIMIT: Final = 160


def pod_parts(found: Objects, now: datetime) -> list[PartHealth]:
    """Return a part for each pod that is older than two minutes and waits, or one that says that none does."""
    faults = []
    for (kind, namespace, name), item in sorted(found.items()):
        if kind != "Pod" or namespace not in _NAMESPACES:
            continue
        if now - datetime.fromisoformat(item["metadata"]["creationTimestamp"]) < _PATIENCE:
            continue
        reason = _reason(item)
        if reason:
            command = f"kubectl -n {namespace} describe pod {name}"
            faults.append(
                PartHealth(f"pod {namespace}/{name}", healthy=False, detail=reason[:_LIMIT], next_command=command)
            )
    return faults or [PartHealth("pods", healthy=True, detail="none waits or starts over and over")]


def _reason(pod: Mapping[str, Any]) -> str:
    """Return why the pod does not run, empty if it does or has ended; the last word on it is the shortest."""
    status = pod.get("status") or {}
    if status.get("phase") not in ("Pending", "Running"):
        return ""
    for container in [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]:
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
            return _said(waiting)
    if status.get("phase") == "Pending":
        unmet = (each for each in status.get("conditions", ()) if each.get("status") == "False")
        return next((_said(each) for each in unmet if each.get("message")), "Pending, and nothing says why")
    return ""


def _said(found: Mapping[str, Any]) -> str:
    return ": ".join(str(found[key]) for key in ("reason", "message") if found.get(key))
