"""Whether each part of a lab is healthy, and what to do about one that is not."""

__all__ = ["PROGRAM_NAMES", "PartHealth", "deployment_available", "lab_is_running", "lab_status", "node_ready"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.cluster import network, sysctl
from lab.cluster.addons import ADDON_DEPLOYMENTS
from lab.cluster.api import ClusterApi
from lab.cluster.layout import ClusterLayout
from lab.cluster.log_tail import log_tail
from lab.cluster.record import running_record
from lab.cluster.supervisor import Supervisor, SupervisorGoneError
from lab.instance import LabInstance

PROGRAM_NAMES = (
    "etcd",
    "containerd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
)
"""The supervised programs, in the order they depend on one another."""

_UP = "make up"


@dataclass(frozen=True)
class PartHealth:
    """One part; `next_command` is what to type when it is not healthy."""

    name: str
    healthy: bool
    detail: str
    next_command: str | None = None


def lab_is_running(instance: LabInstance) -> bool:
    """Tell whether the lab's first process lives."""
    return running_record(ClusterLayout.of(instance)) is not None


def lab_status(instance: LabInstance) -> list[PartHealth]:
    """Return the health of the supervisor, each program, the API, the node and the addons."""
    layout = ClusterLayout.of(instance)
    record = running_record(layout)
    if record is None:
        return [PartHealth("lab", healthy=False, detail=f"no lab is running in {instance.directory}", next_command=_UP)]
    try:
        programs = _programs(Supervisor(record.pid), layout)
    except SupervisorGoneError:
        return [PartHealth("lab", healthy=False, detail="its supervisor does not answer", next_command=_UP)]
    lab = PartHealth("lab", healthy=True, detail=f"process {record.pid}, {instance.directory}")
    return [lab, _network(instance), *programs, *_cluster(instance)]


def node_ready(node: Mapping[str, Any] | None) -> bool:
    """Tell whether a Node object says that it is ready."""
    return _condition(node, "Ready")[0]


def deployment_available(deployment: Mapping[str, Any] | None) -> bool:
    """Tell whether every replica of the Deployment's newest form is available."""
    if deployment is None:
        return False
    status, wanted = deployment.get("status", {}), deployment["spec"].get("replicas", 1)
    current = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
    counts = (status.get("updatedReplicas", 0), status.get("availableReplicas", 0))
    return current and all(count >= wanted for count in counts)


def _network(instance: LabInstance) -> PartHealth:
    if network.owner_of_device(instance.host_device) != instance.directory:
        return _part("network", healthy=False, detail=f"the device {instance.host_device} is gone")
    forwarding = sysctl.read(sysctl.FORWARDING)
    detail = f"{instance.host_device}, {instance.host_address}"
    if forwarding != "1":
        detail = f"{sysctl.FORWARDING} is {forwarding}: the lab cannot reach other networks"
    return _part("network", healthy=forwarding == "1", detail=detail)


def _programs(supervisor: Supervisor, layout: ClusterLayout) -> list[PartHealth]:
    states = {state.name: state for state in supervisor.processes()}
    parts = []
    for name in PROGRAM_NAMES:
        state = states.get(name)
        if state is not None and state.running:
            parts.append(PartHealth(name, healthy=True, detail=state.description))
            continue
        reason = "not known to the supervisor" if state is None else state.state.lower()
        tail = log_tail(layout.log(name))
        detail = f"{reason}: {tail}" if tail else reason
        parts.append(PartHealth(name, healthy=False, detail=detail, next_command=f"less {layout.log(name)}"))
    return parts


def _cluster(instance: LabInstance) -> list[PartHealth]:
    api = ClusterApi(instance)
    if not api.ready():
        detail = f"{instance.api_url} is not ready"
        return [PartHealth("API", healthy=False, detail=detail, next_command=_UP)]
    parts = [PartHealth("API", healthy=True, detail=instance.api_url)]
    ready, reason = _condition(api.object(f"/api/v1/nodes/{instance.node_name}"), "Ready")
    parts.append(_part(f"node {instance.node_name}", healthy=ready, detail="ready" if ready else reason))
    for namespace, name in ADDON_DEPLOYMENTS:
        deployment = api.object(f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
        available, reason = _condition(deployment, "Available")
        healthy = available and deployment_available(deployment)
        parts.append(_part(f"{namespace}/{name}", healthy=healthy, detail="available" if healthy else reason))
    return parts


def _part(name: str, *, healthy: bool, detail: str) -> PartHealth:
    return PartHealth(name, healthy=healthy, detail=detail, next_command=None if healthy else _UP)


def _condition(item: Mapping[str, Any] | None, kind: str) -> tuple[bool, str]:
    if item is None:
        return False, "not there"
    for condition in item.get("status", {}).get("conditions", []):
        if condition["type"] == kind:
            return condition["status"] == "True", str(condition.get("message") or condition.get("reason") or "unknown")
    return False, "not reported yet"
