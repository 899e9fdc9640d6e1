"""The manifests of 1Password Connect: one pod with its API and with what keeps its copy of the vaults up to date."""

__all__ = [
    "CONNECT_NAME",
    "CREDENTIALS_KEY",
    "build_connect_credentials",
    "build_connect_deployment",
    "build_connect_service",
    "connect_address",
]

from collections.abc import Mapping
from typing import Final

import pulumi

import ports
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.secret import build_secret
from core.kubernetes_names import object_labels

CONNECT_NAME: Final = "onepassword-connect"
"""Name of the Deployment and its Service."""

CREDENTIALS_KEY: Final = "1password-credentials.json"
"""Key of the credentials in the Secret, and the name of their file."""

_SECRET: Final = "onepassword-connect-credentials"  # noqa: S105 - the name of a Secret, not one
_COMPONENT: Final = "secrets"
# The user of the images.
_USER: Final = 999
_HOME: Final = "/home/opuser/.op"
_SELECTOR: Final = {"app.kubernetes.io/name": CONNECT_NAME}
# The two talk to each other inside the pod.
_BUS: Final = {"api": ("11220", "localhost:11221"), "sync": ("11221", "localhost:11220")}
_RESOURCES: Final = {
    "api": {
        "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
        "limits": {"cpu": "500m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
    },
    "sync": {
        "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
        "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
    },
}


def connect_address(namespace: str) -> str:
    """Return the URL of the server inside the cluster."""
    return f"http://{CONNECT_NAME}.{namespace}.svc.cluster.local:{ports.ONEPASSWORD_CONNECT}"


def build_connect_credentials(namespace: str, data: Mapping[str, pulumi.Input[str]]) -> Manifest:
    """Return the Secret; the values of `data` are in base64."""
    return build_secret(_SECRET, namespace, _COMPONENT, part=CONNECT_NAME, data=data)


def build_connect_service(namespace: str) -> Manifest:
    """Return the Service of the API; what syncs is nobody's to talk to."""
    port = {"name": "http", "port": ports.ONEPASSWORD_CONNECT, "targetPort": "http", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(CONNECT_NAME, namespace, _COMPONENT),
        "spec": {"type": "ClusterIP", "selector": _SELECTOR, "ports": [port]},
    }


def build_connect_deployment(
    namespace: str,
    *,
    api_image: pulumi.Input[str],
    sync_image: pulumi.Input[str],
    credentials_checksum: pulumi.Input[str],
) -> Manifest:
    """Return the Deployment; another checksum brings a new pod, since credentials are read at its start."""
    metadata = {
        "labels": object_labels(CONNECT_NAME, _COMPONENT),
        "annotations": {"spt-flow/credentials-checksum": credentials_checksum},
    }
    spec = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": pod_security(_USER, has_volume=False),
        "containers": [
            _container("api", api_image, ports.ONEPASSWORD_CONNECT),
            _container("sync", sync_image, ports.ONEPASSWORD_CONNECT_SYNC),
        ],
        "volumes": [
            # Encrypted as it comes, and fetched again by a new pod.
            {"name": "data", "emptyDir": {"sizeLimit": "256Mi"}},
            {"name": "credentials", "secret": {"secretName": _SECRET, "defaultMode": 0o440}},
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": object_metadata(CONNECT_NAME, namespace, _COMPONENT),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": _SELECTOR},
            "template": {"metadata": metadata, "spec": spec},
        },
    }


def _container(part: str, image: pulumi.Input[str], port: int) -> Manifest:
    bus, peer = _BUS[part]
    variables = {
        "OP_SESSION": f"{_HOME}/{CREDENTIALS_KEY}",
        "OP_HTTP_PORT": str(port),
        "OP_BUS_PORT": bus,
        "OP_BUS_PEERS": peer,
        "OP_LOG_LEVEL": "info",
    }
    name = "http" if part == "api" else "sync"
    return {
        "name": f"connect-{part}",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "ports": [{"name": name, "containerPort": port, "protocol": "TCP"}],
        "resources": _RESOURCES[part],
        "startupProbe": {**_asking("heartbeat", name), "periodSeconds": 2, "failureThreshold": 60},
        "livenessProbe": {**_asking("heartbeat", name), "periodSeconds": 30, "failureThreshold": 3},
        "readinessProbe": {**_asking("health", name), "periodSeconds": 10, "failureThreshold": 3},
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "data", "mountPath": f"{_HOME}/data"},
            {
                "name": "credentials",
                "mountPath": f"{_HOME}/{CREDENTIALS_KEY}",
                "subPath": CREDENTIALS_KEY,
                "readOnly": True,
            },
        ],
    }


def _asking(path: str, port: str) -> Manifest:
    return {"httpGet": {"path": f"/{path}", "port": port}, "timeoutSeconds": 5}
