"""Whether the platform in the lab is healthy: its objects, and what the registry and Coder answer to the host."""

__all__ = ["platform_status"]

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

import ports
from core.command import Command
from core.errors import SptFlowError
from lab.cluster import PartHealth
from lab.deploy.target import builds_image
from lab.image_on_nodes import nodes_health
from lab.instance import LabInstance
from lab.pushed_image import image_health
from lab.template_health import template_health
from lab.toolchain import toolchain_bin

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_KINDS: Final = "nodes,namespaces,deployments,statefulsets,daemonsets,cronjobs,persistentvolumeclaims"
_BY_SETTING: Final = ("home-snapshots", "home-snapshot-drill", "registry-gc", "registry-gc-guard")
_SYSTEM: Final = "spt-system"
_PREPULL: Final = "prepull"
_CODER_LOG: Final = "kubectl -n coder logs deploy/coder --tail=20"
_SECONDS: Final = 10


def platform_status(instance: LabInstance) -> list[PartHealth]:
    """Return the health of each part of the platform; the lab itself must be healthy."""
    found = _objects(instance)
    return [
        *(_namespace(name, found) for name in _NAMESPACES),
        _workload("Deployment", "coder", "registry", found),
        _volume("coder", "registry-data", found),
        _registry_answer(instance),
        *([image_health(instance)] if builds_image(instance) else []),
        _workload("StatefulSet", "coder", "postgres", found),
        _volume("coder", "postgres-data", found),
        _volume("coder", "database-dumps", found),
        _workload("Deployment", "coder", "coder", found),
        _coder_answer(instance),
        template_health(instance),
        _cron_job("coder", "database-dump", found),
        _cron_job("coder", "reaper", found),
        *(_cron_job("coder", name, found) for name in _BY_SETTING if ("CronJob", "coder", name) in found),
        _workload("DaemonSet", _SYSTEM, "kvm-plugin", found),
        _workload("DaemonSet", _SYSTEM, _PREPULL, found),
        nodes_health(
            found.get(("DaemonSet", _SYSTEM, _PREPULL)), [item for key, item in found.items() if key[0] == "Node"]
        ),
        _cron_job(_SYSTEM, "prepull-check", found),
    ]


def _objects(instance: LabInstance) -> Mapping[tuple[str, str, str], Mapping[str, Any]]:
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain_bin()])
    try:
        listing = kubectl.run("get", _KINDS, "-A", "-o", "json", timeout=_SECONDS).stdout
    except SptFlowError:
        return {}
    return {
        (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
        for item in json.loads(listing)["items"]
    }


def _namespace(name: str, found: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> PartHealth:
    item = found.get(("Namespace", "", name))
    phase = item["status"].get("phase", "unknown") if item is not None else "missing"
    return _health(f"namespace {name}", healthy=phase == "Active", detail=phase.lower())


def _workload(
    kind: str, namespace: str, name: str, found: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> PartHealth:
    item, part = found.get((kind, namespace, name)), f"{kind.lower()} {namespace}/{name}"
    if item is None:
        return _health(part, healthy=False, detail="missing")
    status = item["status"]
    # A DaemonSet has a pod for each node instead of a number of its own.
    wanted = status["desiredNumberScheduled"] if kind == "DaemonSet" else item["spec"].get("replicas", 1)
    ready = status.get("numberReady" if kind == "DaemonSet" else "readyReplicas", 0)
    return PartHealth(
        name=part,
        healthy=ready >= wanted,
        detail=f"{ready} of {wanted} {'pods' if kind == 'DaemonSet' else 'replicas'} ready",
        next_command=None
        if ready >= wanted
        else f"kubectl -n {namespace} describe pods -l app.kubernetes.io/name={name}",
    )


def _cron_job(namespace: str, name: str, found: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> PartHealth:
    item, part = found.get(("CronJob", namespace, name)), f"cronjob {namespace}/{name}"
    if item is None:
        return _health(part, healthy=False, detail="missing")
    last, succeeded = item["status"].get("lastScheduleTime"), item["status"].get("lastSuccessfulTime")
    # A run that goes on at this moment is no failure; the next look sees how it ended.
    failed = last is not None and not item["status"].get("active") and (succeeded is None or succeeded < last)
    detail = "has not run yet" if last is None else f"last run {last}, {'failed' if failed else 'done or at work'}"
    return PartHealth(
        name=part,
        healthy=not failed,
        detail=detail,
        next_command=f"kubectl -n {namespace} logs -l app.kubernetes.io/name={name} --tail=20" if failed else None,
    )


def _volume(namespace: str, name: str, found: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> PartHealth:
    item = found.get(("PersistentVolumeClaim", namespace, name))
    phase = item["status"].get("phase", "unknown") if item is not None else "missing"
    size = item["spec"]["resources"]["requests"]["storage"] if item is not None else ""
    return _health(f"volume {namespace}/{name}", healthy=phase == "Bound", detail=f"{phase.lower()} {size}".strip())


def _registry_answer(instance: LabInstance) -> PartHealth:
    address = f"{instance.registry_address}:{ports.REGISTRY}"
    try:
        code = httpx.get(f"http://{address}/v2/", timeout=_SECONDS, trust_env=False).status_code
        detail = f"{address} answers {code}"
    except httpx.HTTPError as error:
        code = 0
        detail = f"{address} does not answer ({type(error).__name__})"
    return _health("registry from this machine", healthy=code == httpx.codes.OK, detail=detail)


def _coder_answer(instance: LabInstance) -> PartHealth:
    try:
        answer = httpx.get(f"{instance.coder_url}/api/v2/buildinfo", timeout=_SECONDS, trust_env=False)
        version = str(answer.raise_for_status().json()["version"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        detail = f"{instance.coder_url} does not answer ({type(error).__name__})"
        return PartHealth("Coder from this machine", healthy=False, detail=detail, next_command=_CODER_LOG)
    return _health("Coder from this machine", healthy=True, detail=f"{instance.coder_url} is Coder {version}")


def _health(name: str, *, healthy: bool, detail: str) -> PartHealth:
    return PartHealth(name=name, healthy=healthy, detail=detail, next_command=None if healthy else "make up")
