"""The objects of the platform, read at once, and what each says of its health."""

__all__ = ["Objects", "cron_job_part", "namespace_part", "read_objects", "volume_part", "workload_part"]

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.command import Command
from lab.cluster import PartHealth
from lab.toolchain import toolchain_bin

Objects = Mapping[tuple[str, str, str], Mapping[str, Any]]
"""Manifests by kind, namespace and name."""

_KINDS: Final = "nodes,namespaces,deployments,statefulsets,daemonsets,cronjobs,persistentvolumeclaims,pods"
_UP: Final = "make up"
_SECONDS: Final = 10


def read_objects(where: Sequence[str]) -> Objects:
    """Return what the cluster has, `where` being the words that lead kubectl there; raise SptFlowError."""
    listing = Command("kubectl", path=[toolchain_bin()]).run(
        *where, "get", _KINDS, "-A", "-o", "json", timeout=_SECONDS
    )
    return {
        (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
        for item in json.loads(listing.stdout)["items"]
    }


def namespace_part(name: str, found: Objects) -> PartHealth:
    """Say whether the namespace is there and not being deleted."""
    item = found.get(("Namespace", "", name))
    phase = item["status"].get("phase", "unknown") if item is not None else "missing"
    healthy = phase == "Active"
    return PartHealth(f"namespace {name}", healthy=healthy, detail=phase.lower(), next_command=_next(_UP, healthy))


def workload_part(kind: str, namespace: str, name: str, found: Objects) -> PartHealth:
    """Say how many pods of the workload are ready; none wanted is a fault: somebody has closed it."""
    item, part = found.get((kind, namespace, name)), f"{kind.lower()} {namespace}/{name}"
    if item is None:
        return PartHealth(part, healthy=False, detail="missing", next_command=_UP)
    status = item["status"]
    # A DaemonSet has a pod for each node instead of a number of its own.
    is_per_node = kind == "DaemonSet"
    wanted = status["desiredNumberScheduled"] if is_per_node else item["spec"].get("replicas", 1)
    if not is_per_node and wanted == 0:
        return PartHealth(part, healthy=False, detail="closed: 0 replicas are wanted", next_command=_UP)
    ready = status.get("numberReady" if is_per_node else "readyReplicas", 0)
    command = f"kubectl -n {namespace} describe pods -l app.kubernetes.io/name={name}"
    return PartHealth(
        part,
        healthy=ready >= wanted,
        detail=f"{ready} of {wanted} {'pods' if is_per_node else 'replicas'} ready",
        next_command=_next(command, ready >= wanted),
    )


def cron_job_part(namespace: str, name: str, found: Objects) -> PartHealth:
    """Say how the last run went."""
    item, part = found.get(("CronJob", namespace, name)), f"cronjob {namespace}/{name}"
    if item is None:
        return PartHealth(part, healthy=False, detail="missing", next_command=_UP)
    last, succeeded = item["status"].get("lastScheduleTime"), item["status"].get("lastSuccessfulTime")
    # A run that goes on at this moment is no failure; the next look sees how it ended.
    failed = last is not None and not item["status"].get("active") and (succeeded is None or succeeded < last)
    detail = "has not run yet" if last is None else f"last run {last}, {'failed' if failed else 'done or at work'}"
    command = f"kubectl -n {namespace} logs -l app.kubernetes.io/name={name} --tail=20"
    return PartHealth(part, healthy=not failed, detail=detail, next_command=_next(command, not failed))


def volume_part(namespace: str, name: str, found: Objects) -> PartHealth:
    """Say whether the claim has its volume, and how large that is."""
    item, part = found.get(("PersistentVolumeClaim", namespace, name)), f"volume {namespace}/{name}"
    if item is None:
        return PartHealth(part, healthy=False, detail="missing", next_command=_UP)
    phase, size = item["status"].get("phase", "unknown"), item["spec"]["resources"]["requests"]["storage"]
    healthy = phase == "Bound"
    return PartHealth(part, healthy=healthy, detail=f"{phase.lower()} {size}", next_command=_next(_UP, healthy))


def _next(command: str, healthy: bool) -> str | None:  # noqa: FBT001 - a fact, not a mode
    return None if healthy else command
