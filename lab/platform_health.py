"""Whether the platform in the lab is healthy: its namespaces, the registry, and the registry's answer to the host."""

__all__ = ["platform_status"]

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx

import ports
from core.command import Command
from core.errors import SptFlowError
from lab.cluster import PartHealth
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_SECONDS: Final = 10


def platform_status(instance: LabInstance) -> list[PartHealth]:
    """Return the health of each part of the platform; the lab itself must be healthy."""
    found = _objects(instance)
    return [
        *(_namespace(name, found) for name in _NAMESPACES),
        _deployment("coder", "registry", found),
        _volume("coder", "registry-data", found),
        _registry_answer(instance),
    ]


def _objects(instance: LabInstance) -> Mapping[tuple[str, str, str], Mapping[str, Any]]:
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain_bin()])
    try:
        listing = kubectl.run(
            "get", "namespaces,deployments,persistentvolumeclaims", "-A", "-o", "json", timeout=_SECONDS
        ).stdout
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


def _deployment(namespace: str, name: str, found: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> PartHealth:
    item = found.get(("Deployment", namespace, name))
    if item is None:
        return _health(f"deployment {namespace}/{name}", healthy=False, detail="missing")
    wanted = item["spec"].get("replicas", 1)
    ready = item["status"].get("readyReplicas", 0)
    return PartHealth(
        name=f"deployment {namespace}/{name}",
        healthy=ready >= wanted,
        detail=f"{ready} of {wanted} replicas ready",
        next_command=None
        if ready >= wanted
        else f"kubectl -n {namespace} describe pods -l app.kubernetes.io/name={name}",
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


def _health(name: str, *, healthy: bool, detail: str) -> PartHealth:
    return PartHealth(name=name, healthy=healthy, detail=detail, next_command=None if healthy else "make up")
