"""Which changed fields force a replacement, kind by kind: the rules of the official plugin."""

__all__ = ["Mutability", "Path", "forces_replacement", "replacing_fields"]

from collections.abc import Iterable
from dataclasses import dataclass

from lab.plugins.kubernetes.kinds import GroupVersionKind, from_manifest
from lab.plugins.kubernetes.manifest import Manifest

Path = tuple[str | int, ...]
"""A field: names, and indexes into lists."""

_IDENTITY = ("metadata.name", "metadata.namespace")

_CONTAINER = (
    "args",
    "command",
    "env",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
    "securityContext",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
)
_POD = (
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
    *(f"{kind}[*].{name}" for kind in ("containers", "initContainers") for name in _CONTAINER),
)
_VOLUME_SOURCES = (
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "csi",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "glusterfs",
    "hostPath",
    "iscsi",
    "local",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
)


def _spec(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"spec.{name}" for name in names)


_STATEFUL_SET = _spec(
    ("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
)
_SELECTOR = ("spec.selector",)

_RULES: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "StatefulSet"): _STATEFUL_SET,
    ("batch", "Job"): _spec(("completions", "parallelism", "selector", "template")),
    ("", "PersistentVolume"): _spec(_VOLUME_SOURCES),
    ("", "PersistentVolumeClaim"): _spec(("accessModes", "selector", "storageClassName", "volumeName")),
    ("", "Pod"): _spec(_POD),
    ("", "ResourceQuota"): _spec(("scopes",)),
    ("", "Secret"): ("type",),
    ("", "Service"): _spec(("clusterIP",)),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
_VERSIONS = {"apps": {"v1beta2", "v1"}, "batch": {"v1beta1", "v1"}, "storage.k8s.io": {"v1"}, "": {"v1"}}


@dataclass(frozen=True)
class Mutability:
    """Whether the provider's settings let data change in place; else a change replaces the object."""

    config_maps: bool = False
    secrets: bool = False


def _kind_fields(named: GroupVersionKind, *, immutable: bool, mutability: Mutability) -> tuple[str, ...]:
    if named.group in _VERSIONS and named.version not in _VERSIONS[named.group]:
        return _STATEFUL_SET if named.kind == "StatefulSet" and named.version == "v1beta1" else ()
    if (named.group, named.kind) == ("", "Secret") and (immutable or not mutability.secrets):
        return ("type", "stringData", "data")
    if (named.group, named.kind) == ("", "ConfigMap") and (immutable or not mutability.config_maps):
        return ("binaryData", "data")
    return _RULES.get((named.group, named.kind), ())


def replacing_fields(manifest: Manifest, mutability: Mutability, *, patch: bool = False) -> tuple[str, ...]:
    """Return the fields of `manifest` (the new inputs) that cannot change in place; of a patch only the identity."""
    if patch:
        return _IDENTITY
    immutable = manifest.get("immutable") is True
    return (*_IDENTITY, *_kind_fields(from_manifest(manifest), immutable=immutable, mutability=mutability))


def _steps(field: str) -> list[str]:
    """Return the names and `[*]` marks of a rule such as `spec.containers[*].image`."""
    return field.replace("[*]", ".[*]").split(".")


def forces_replacement(path: Path, value: object, fields: Iterable[str]) -> bool:
    """Return whether a change at `path` touches one of `fields`; `value` is what it becomes, None for nothing.

    A change of a whole object touches every field inside its new value, as when `spec` is added at once.
    """
    return any(_touches(list(path), value, _steps(field)) for field in fields)


def _touches(path: list[str | int], value: object, steps: list[str]) -> bool:
    for position, step in enumerate(steps):
        if position == len(path):
            return _holds(value, steps[position:])
        matches = isinstance(path[position], int) if step == "[*]" else path[position] == step
        if not matches:
            return False
    return True


def _holds(value: object, steps: list[str]) -> bool:
    if not steps:
        return True
    if steps[0] == "[*]":
        return isinstance(value, list) and any(_holds(item, steps[1:]) for item in value)
    return isinstance(value, dict) and steps[0] in value and _holds(value[steps[0]], steps[1:])
