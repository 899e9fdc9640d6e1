"""The manifests of the registry's garbage collection and of its guard, built from plain values."""

__all__ = [
    "GC_NAME",
    "GUARD_NAME",
    "build_account",
    "build_gc_cron_job",
    "build_guard_cron_job",
    "build_image_role",
    "build_role",
    "build_role_binding",
]

from collections.abc import Mapping
from typing import Final

import pulumi

from components import job_rights
from components.manifest import Manifest, object_metadata
from components.registry_manifests import (
    DATA_CLAIM,
    DATA_FOLDER,
    GC_NAME,
    REGISTRY_NAME,
    REGISTRY_USER,
)
from components.restricted_pod import container_security, pod_security
from components.scheduled_job import build_scheduled_job

GUARD_NAME: Final = "registry-gc-guard"
"""Name of the guard's CronJob and pods."""

_ROLE: Final = "registry-gc"
_LEASE: Final = "registry-gc"
_SCRATCH: Final = "/tmp"  # noqa: S108 - a volume of the pod's own
_GUARD_DEADLINE_SECONDS: Final = 120
# Beyond what the registry may take to end and to serve again, of which a stopped run still needs the second.
_GC_GRACE_SECONDS: Final = 240
_GC: Final = {
    "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"},
}
_GUARD: Final = {
    "requests": {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
}


def build_account(namespace: str) -> Manifest:
    """Return the account of the pods of both; only they mount its token."""
    return job_rights.build_account(GC_NAME, namespace, _ROLE)


def build_role(namespace: str) -> Manifest:
    """Return the role: the number of the registry's replicas, one Lease, and to see which pods there are."""
    return _role(
        namespace,
        [
            {
                "apiGroups": ["apps"],
                "resources": ["deployments/scale"],
                "resourceNames": [REGISTRY_NAME],
                "verbs": ["get", "patch"],
            },
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
            # What is created has no name yet that a rule could hold it to.
            {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create"]},
            {
                "apiGroups": ["coordination.k8s.io"],
                "resources": ["leases"],
                "resourceNames": [_LEASE],
                "verbs": ["get", "patch"],
            },
        ],
    )


def build_image_role(namespace: str) -> Manifest:
    """Return the role in a namespace of which nothing but the images in use is of interest."""
    return _role(namespace, [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}])


def build_role_binding(namespace: str, account_namespace: str) -> Manifest:
    """Return the binding of the role in `namespace` to the account."""
    return job_rights.build_role_binding(GC_NAME, namespace, _ROLE, account_namespace=account_namespace)


def build_gc_cron_job(
    namespace: str,
    *,
    image: pulumi.Input[str],
    schedule: pulumi.Input[str],
    deadline_seconds: int,
    settings: Mapping[str, pulumi.Input[str]],
) -> Manifest:
    """Return the CronJob that collects; `settings` are its environment variables.

    A volume that one node may have at a time is where the registry is: so its pod is, too. Where there is no registry,
    there is nothing to be collected; then the guard, which needs no volume, is what brings it back.
    """
    container = _container(GC_NAME, image, settings, _GC)
    container["volumeMounts"] = [
        {"name": "data", "mountPath": DATA_FOLDER},
        {"name": "scratch", "mountPath": _SCRATCH},
    ]
    pod = _pod(container, grace_seconds=_GC_GRACE_SECONDS, has_volume=True)
    pod["affinity"] = {
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "labelSelector": {"matchLabels": {"app.kubernetes.io/name": REGISTRY_NAME}},
                    "topologyKey": "kubernetes.io/hostname",
                }
            ]
        }
    }
    pod["volumes"] = [
        {"name": "data", "persistentVolumeClaim": {"claimName": DATA_CLAIM}},
        {"name": "scratch", "emptyDir": {"sizeLimit": "512Mi"}},
    ]
    return build_scheduled_job(GC_NAME, namespace, _ROLE, schedule=schedule, deadline_seconds=deadline_seconds, pod=pod)


def build_guard_cron_job(
    namespace: str,
    *,
    image: pulumi.Input[str],
    schedule: pulumi.Input[str],
    settings: Mapping[str, pulumi.Input[str]],
) -> Manifest:
    """Return the CronJob that opens the registry after a collection that could not."""
    pod = _pod(_container(GUARD_NAME, image, settings, _GUARD), grace_seconds=5, has_volume=False)
    return build_scheduled_job(
        GUARD_NAME, namespace, _ROLE, schedule=schedule, deadline_seconds=_GUARD_DEADLINE_SECONDS, pod=pod
    )


def _role(namespace: str, rules: list[Manifest]) -> Manifest:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": object_metadata(GC_NAME, namespace, _ROLE),
        "rules": rules,
    }


def _pod(container: Manifest, *, grace_seconds: int, has_volume: bool) -> Manifest:
    return {
        "restartPolicy": "Never",
        "serviceAccountName": GC_NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": grace_seconds,
        "securityContext": pod_security(REGISTRY_USER, has_volume=has_volume),
        "containers": [container],
    }


def _container(
    verb: str,
    image: pulumi.Input[str],
    settings: Mapping[str, pulumi.Input[str]],
    resources: Mapping[str, Mapping[str, str]],
) -> Manifest:
    return {
        "name": verb,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": [verb],
        "env": [{"name": name, "value": settings[name]} for name in sorted(settings)],
        "resources": {kind: dict(amounts) for kind, amounts in resources.items()},
        "securityContext": container_security(),
    }
