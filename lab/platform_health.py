"""Whether the platform in the lab is healthy: its objects, and what the registry and Coder answer to the host."""

__all__ = ["declared_parts", "platform_status"]

from typing import Final

import httpx

import ports
from core.errors import SptFlowError
from lab.cluster import PartHealth
from lab.deploy.target import builds_image
from lab.image_on_nodes import nodes_health
from lab.instance import LabInstance
from lab.platform_parts import Objects, cron_job_part, namespace_part, read_objects, volume_part, workload_part
from lab.pushed_image import image_health
from lab.template_health import template_health

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_WORKLOADS: Final = ("Deployment", "StatefulSet", "DaemonSet")
_SYSTEM: Final = "spt-system"
_PREPULL: Final = "prepull"
_CONTROL_PLANE: Final = "coder"
_CODER_LOG: Final = "kubectl -n coder logs deploy/coder --tail=20"
_SECONDS: Final = 10


def platform_status(instance: LabInstance) -> list[PartHealth]:
    """Return the health of each part of the platform; the lab itself must be healthy."""
    found = _objects(instance)
    parts = [
        *(namespace_part(name, found) for name in _NAMESPACES),
        workload_part("Deployment", _CONTROL_PLANE, "registry", found),
        volume_part(_CONTROL_PLANE, "registry-data", found),
        _registry_answer(instance),
        *([image_health(instance)] if builds_image(instance) else []),
        workload_part("StatefulSet", _CONTROL_PLANE, "postgres", found),
        volume_part(_CONTROL_PLANE, "postgres-data", found),
        volume_part(_CONTROL_PLANE, "database-dumps", found),
        workload_part("Deployment", _CONTROL_PLANE, "coder", found),
        _coder_answer(instance),
        template_health(instance),
        cron_job_part(_CONTROL_PLANE, "database-dump", found),
        cron_job_part(_CONTROL_PLANE, "reaper", found),
        workload_part("DaemonSet", _SYSTEM, "kvm-plugin", found),
        workload_part("DaemonSet", _SYSTEM, _PREPULL, found),
        nodes_health(
            found.get(("DaemonSet", _SYSTEM, _PREPULL)), [item for key, item in found.items() if key[0] == "Node"]
        ),
        cron_job_part(_SYSTEM, "prepull-check", found),
    ]
    told = {part.name for part in parts}
    return [*parts, *(part for part in declared_parts(found) if part.name not in told)]


def declared_parts(found: Objects) -> list[PartHealth]:
    """Return the health of every workload and CronJob of the platform's namespaces, whatever settings made them."""
    parts = []
    for kind, namespace, name in sorted(found):
        if namespace not in (_CONTROL_PLANE, _SYSTEM):
            continue
        if kind in _WORKLOADS:
            parts.append(workload_part(kind, namespace, name, found))
        elif kind == "CronJob":
            parts.append(cron_job_part(namespace, name, found))
    return parts


def _objects(instance: LabInstance) -> Objects:
    try:
        return read_objects(("--kubeconfig", str(instance.kubeconfig)))
    except SptFlowError:
        return {}


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
