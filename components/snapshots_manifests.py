"""The manifests of the snapshots of home volumes, built from plain values."""

__all__ = [
    "DRILL_NAME",
    "REPOSITORY_NAME",
    "SNAPSHOTS_NAME",
    "SNAPSHOT_CLASS",
    "build_class",
    "build_cluster_role",
    "build_cluster_role_binding",
    "build_cron_job",
    "build_drill_cron_job",
    "build_password_secret",
    "build_repository_claim",
    "build_role",
    "build_role_binding",
    "build_service_account",
]

from collections.abc import Mapping
from typing import Final

import pulumi

from components import job_rights
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.scheduled_job import build_scheduled_job
from components.secret import build_secret
from components.volume_claim import build_volume_claim
from core.kubernetes_names import object_labels

SNAPSHOTS_NAME: Final = "home-snapshots"
"""Name of the CronJob, its account and its roles."""

DRILL_NAME: Final = "home-snapshot-drill"
"""Name of the CronJob that tries snapshots out."""

SNAPSHOT_CLASS: Final = "spt-flow-homes"
"""Name of the VolumeSnapshotClass."""

REPOSITORY_NAME: Final = "home-snapshots-repository"
"""Name of the claim that holds file-by-file snapshots, and of the Secret with its password."""

_COMPONENT: Final = "snapshots"
_GROUP: Final = "snapshot.storage.k8s.io"
_RBAC: Final = "rbac.authorization.k8s.io"
_USER: Final = 65532
_PASSWORD_KEY: Final = "password"  # noqa: S105 - a key in a Secret, not one
_RUN_SECONDS: Final = 3 * 3600
_RESOURCES: Final = {
    "requests": {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
}


def build_class(driver: pulumi.Input[str], parameters: Mapping[str, str]) -> Manifest:
    """Return the VolumeSnapshotClass; it retains, so that snapshots do not go with a namespace or an object."""
    given = {"parameters": dict(parameters)} if parameters else {}
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": SNAPSHOT_CLASS, "labels": object_labels(SNAPSHOT_CLASS, _COMPONENT)},
        "driver": driver,
        "deletionPolicy": "Retain",
        **given,
    }


def build_repository_claim(
    namespace: str, *, storage: pulumi.Input[str], storage_class: pulumi.Input[str] | None
) -> Manifest:
    """Return the claim of the repository."""
    return build_volume_claim(
        REPOSITORY_NAME, namespace, _COMPONENT, part=SNAPSHOTS_NAME, storage=storage, storage_class=storage_class
    )


def build_password_secret(namespace: str, password: pulumi.Input[str]) -> Manifest:
    """Return the Secret with the repository's password, given in base64: without it nothing there can be read."""
    return build_secret(REPOSITORY_NAME, namespace, _COMPONENT, part=SNAPSHOTS_NAME, data={_PASSWORD_KEY: password})


def build_service_account(namespace: str) -> Manifest:
    """Return the account of the jobs; only their pods mount its token."""
    return job_rights.build_account(SNAPSHOTS_NAME, namespace, _COMPONENT)


def build_role(workspace_namespace: str, *, by_storage: bool) -> Manifest:
    """Return the role: volume claims, pods beside them and what those say; snapshots where storage makes them."""
    rules = [
        {
            "apiGroups": [""],
            "resources": ["persistentvolumeclaims", "pods"],
            "verbs": ["get", "list", "create", "delete"],
        },
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    if by_storage:
        verbs = ["get", "list", "create", "patch", "delete"]
        rules.append({"apiGroups": [_GROUP], "resources": ["volumesnapshots"], "verbs": verbs})
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "Role",
        "metadata": object_metadata(SNAPSHOTS_NAME, workspace_namespace, _COMPONENT),
        "rules": rules,
    }


def build_role_binding(namespace: str, workspace_namespace: str) -> Manifest:
    """Return the binding of the role to the account, which lives in `namespace`."""
    return job_rights.build_role_binding(SNAPSHOTS_NAME, workspace_namespace, _COMPONENT, account_namespace=namespace)


def build_cluster_role() -> Manifest:
    """Return the role for what has no namespace: the class may be read, contents be let go with their snapshots."""
    return {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRole",
        "metadata": {"name": SNAPSHOTS_NAME, "labels": object_labels(SNAPSHOTS_NAME, _COMPONENT)},
        "rules": [
            {
                "apiGroups": [_GROUP],
                "resources": ["volumesnapshotclasses"],
                "resourceNames": [SNAPSHOT_CLASS],
                "verbs": ["get"],
            },
            {"apiGroups": [_GROUP], "resources": ["volumesnapshotcontents"], "verbs": ["get", "patch"]},
        ],
    }


def build_cluster_role_binding(namespace: str) -> Manifest:
    """Return the binding of the cluster role to the account."""
    return job_rights.build_cluster_role_binding(SNAPSHOTS_NAME, namespace, _COMPONENT)


def build_cron_job(
    namespace: str, *, image: pulumi.Input[str], schedule: pulumi.Input[str], settings: Mapping[str, pulumi.Input[str]]
) -> Manifest:
    """Return the CronJob of the snapshots; `settings` are the environment variables of the job."""
    return _cron_job(SNAPSHOTS_NAME, namespace, "home-snapshots", image=image, schedule=schedule, settings=settings)


def build_drill_cron_job(
    namespace: str, *, image: pulumi.Input[str], schedule: pulumi.Input[str], settings: Mapping[str, pulumi.Input[str]]
) -> Manifest:
    """Return the CronJob of the drill; `settings` are the environment variables of the job."""
    return _cron_job(DRILL_NAME, namespace, "drill-homes", image=image, schedule=schedule, settings=settings)


def _cron_job(
    name: str,
    namespace: str,
    verb: str,
    *,
    image: pulumi.Input[str],
    schedule: pulumi.Input[str],
    settings: Mapping[str, pulumi.Input[str]],
) -> Manifest:
    container = {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": [verb],
        "env": [{"name": key, "value": settings[key]} for key in sorted(settings)],
        "resources": {kind: dict(amounts) for kind, amounts in _RESOURCES.items()},
        "securityContext": container_security(),
    }
    pod = {
        "restartPolicy": "Never",
        "serviceAccountName": SNAPSHOTS_NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": pod_security(_USER, has_volume=False),
        "containers": [container],
    }
    return build_scheduled_job(name, namespace, _COMPONENT, schedule=schedule, deadline_seconds=_RUN_SECONDS, pod=pod)
