"""The manifests of Coder's database: one PostgreSQL on one volume."""

__all__ = [
    "DATABASE_NAME",
    "DATABASE_SECRET",
    "DATA_CLAIM",
    "PASSWORD_KEY",
    "ROLE",
    "URL_KEY",
    "build_database_secret",
    "build_service",
    "build_stateful_set",
    "build_volume_claim",
    "database_url",
]

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import pulumi

import ports
from components import volume_claim
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.secret import build_secret
from core.kubernetes_names import object_labels

DATABASE_NAME: Final = "postgres"
"""Name of the StatefulSet and its Service."""

DATABASE_SECRET: Final = "coder-database"  # noqa: S105 - the name of a Secret, not one
"""Name of the Secret that says where the database is and what opens it."""

URL_KEY: Final = "url"
"""Key of the whole connection URL in the Secret."""

PASSWORD_KEY: Final = "password"  # noqa: S105 - a key in a Secret, not one
"""Key of the password alone in the Secret; only there for a database in the cluster."""

ROLE: Final = "coder"
"""The database's role, which owns the database of the same name."""

DATA_CLAIM: Final = "postgres-data"
_COMPONENT: Final = "database"
_USER: Final = 999
_DATA: Final = "/var/lib/postgresql/data"
_SECRET_FOLDER: Final = "/run/secrets/database"  # noqa: S105 - a path
_SELECTOR: Final = {"app.kubernetes.io/name": DATABASE_NAME}
_STOP_SECONDS: Final = 60


def database_url(namespace: str, password: str) -> str:
    """Return the URL of the database in the cluster; the traffic stays inside the cluster, and there is no TLS."""
    host = f"{DATABASE_NAME}.{namespace}.svc.cluster.local"
    return f"postgres://{ROLE}:{quote(password, safe='')}@{host}:{ports.POSTGRES}/{ROLE}?sslmode=disable"


def build_database_secret(namespace: str, data: Mapping[str, pulumi.Input[str]]) -> Manifest:
    """Return the Secret; the values of `data` are in base64."""
    return build_secret(DATABASE_SECRET, namespace, _COMPONENT, part=DATABASE_NAME, data=data)


def build_volume_claim(
    name: str, namespace: str, *, storage: pulumi.Input[str], storage_class: pulumi.Input[str] | None
) -> Manifest:
    """Return a claim of the database's; without a storage class the cluster's default is taken."""
    return volume_claim.build_volume_claim(
        name, namespace, _COMPONENT, part=DATABASE_NAME, storage=storage, storage_class=storage_class
    )


def build_service(namespace: str) -> Manifest:
    """Return the Service: headless, since there is one pod, whose name the StatefulSet's pods carry."""
    port = {"name": "postgres", "port": ports.POSTGRES, "targetPort": "postgres", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(DATABASE_NAME, namespace, _COMPONENT),
        "spec": {"clusterIP": "None", "selector": _SELECTOR, "ports": [port]},
    }


def build_stateful_set(
    namespace: str, *, image: pulumi.Input[str], resources: Mapping[str, Mapping[str, pulumi.Input[str]]]
) -> Manifest:
    """Return the StatefulSet: one pod, never two on the volume, on a claim of its own that outlives it."""
    template = {"metadata": {"labels": object_labels(DATABASE_NAME, _COMPONENT)}, "spec": _pod_spec(image, resources)}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": object_metadata(DATABASE_NAME, namespace, _COMPONENT),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 3,
            "serviceName": DATABASE_NAME,
            "selector": {"matchLabels": _SELECTOR},
            "template": template,
        },
    }


def _pod_spec(image: pulumi.Input[str], resources: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> Manifest:
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _STOP_SECONDS,
        "securityContext": pod_security(_USER, has_volume=True),
        "containers": [_container(image, resources)],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": DATA_CLAIM}},
            {
                "name": "secret",
                "secret": {
                    "secretName": DATABASE_SECRET,
                    "items": [{"key": PASSWORD_KEY, "path": PASSWORD_KEY}],
                    "defaultMode": 0o440,
                },
            },
            {"name": "socket", "emptyDir": {"sizeLimit": "8Mi"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            # Parallel queries share memory there; the runtime's own 64 MiB cannot be relied on.
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "128Mi"}},
        ],
    }


def _container(image: pulumi.Input[str], resources: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> Manifest:
    # By TCP: while the image makes the database it answers on the socket alone, and is not there for clients.
    asking = {"exec": {"command": ["pg_isready", "-h", "127.0.0.1", "-U", ROLE, "-d", ROLE]}}
    return {
        "name": DATABASE_NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [
            {"name": "POSTGRES_USER", "value": ROLE},
            {"name": "POSTGRES_DB", "value": ROLE},
            {"name": "POSTGRES_PASSWORD_FILE", "value": f"{_SECRET_FOLDER}/{PASSWORD_KEY}"},
            # A folder of its own: the volume's top one may hold others', for example lost+found.
            {"name": "PGDATA", "value": f"{_DATA}/pgdata"},
        ],
        "ports": [{"name": "postgres", "containerPort": ports.POSTGRES, "protocol": "TCP"}],
        "resources": {kind: dict(amounts) for kind, amounts in resources.items()},
        "startupProbe": {**asking, "periodSeconds": 1, "failureThreshold": 300, "timeoutSeconds": 5},
        "livenessProbe": {**asking, "periodSeconds": 20, "failureThreshold": 6, "timeoutSeconds": 10},
        "readinessProbe": {**asking, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 5},
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "data", "mountPath": _DATA},
            {"name": "secret", "mountPath": _SECRET_FOLDER, "readOnly": True},
            {"name": "socket", "mountPath": "/var/run/postgresql"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 - in the container
        ],
    }
