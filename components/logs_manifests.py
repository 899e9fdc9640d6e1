"""The manifests of the collector of logs, built from plain values."""

__all__ = [
    "LOG_COLLECTOR",
    "build_account",
    "build_config_map",
    "build_daemon_set",
    "build_role",
    "build_role_binding",
]

import hashlib
from typing import Final

import pulumi
import yaml

import ports
from components import job_rights
from components.logs_config import BUFFER_FOLDER, LOG_FOLDERS
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security
from core.kubernetes_names import object_labels

LOG_COLLECTOR: Final = "log-collector"
"""Name of the DaemonSet, its account, roles, configuration and pods."""

_ROLE: Final = "log-collector"
_FILE: Final = "fluent-bit.yaml"
_FOLDER: Final = "/fluent-bit/spt-flow"
_RESOURCES: Final = {
    "requests": {"cpu": "20m", "memory": "64Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
}
_HEALTH: Final = {"httpGet": {"path": "/api/v1/health", "port": "http"}, "timeoutSeconds": 5}


def build_account(namespace: str) -> Manifest:
    """Return the account of the collector's pods; only they mount its token."""
    return job_rights.build_account(LOG_COLLECTOR, namespace, _ROLE)


def build_role(namespace: str) -> Manifest:
    """Return the role in a namespace whose logs are collected: a pod may be looked at by its name, for its labels."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": object_metadata(LOG_COLLECTOR, namespace, _ROLE),
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
    }


def build_role_binding(namespace: str, account_namespace: str) -> Manifest:
    """Return the binding of the role in `namespace` to the account."""
    return job_rights.build_role_binding(LOG_COLLECTOR, namespace, _ROLE, account_namespace=account_namespace)


def build_config_map(namespace: str, config: Manifest) -> Manifest:
    """Return the ConfigMap with Fluent Bit's configuration as a file."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": object_metadata(LOG_COLLECTOR, namespace, _ROLE),
        "data": {_FILE: _text(config)},
    }


def build_daemon_set(
    namespace: str, *, image: pulumi.Input[str], config: Manifest, credentials_secret: str = ""
) -> Manifest:
    """Return the DaemonSet; a changed `config` renews its pods, `credentials_secret` gives them the host's login."""
    checksum = hashlib.sha256(_text(config).encode()).hexdigest()
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": object_metadata(LOG_COLLECTOR, namespace, _ROLE),
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": LOG_COLLECTOR}},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%"}},
            "template": {
                "metadata": {
                    "labels": object_labels(LOG_COLLECTOR, _ROLE),
                    "annotations": {"spt-flow/config-checksum": checksum},
                },
                "spec": _pod(image, credentials_secret),
            },
        },
    }


def _pod(image: pulumi.Input[str], credentials_secret: str) -> Manifest:
    return {
        "serviceAccountName": LOG_COLLECTOR,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        # What is in memory is sent, or written to the buffer.
        "terminationGracePeriodSeconds": 30,
        # Whatever a node is kept for: what runs there has logs.
        "tolerations": [{"operator": "Exists"}],
        # The files are root's, and nobody else may read them. Root is all it is: no capability, no privilege.
        "securityContext": {"runAsUser": 0, "runAsGroup": 0, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(image, credentials_secret)],
        "volumes": [
            {"name": "config", "configMap": {"name": LOG_COLLECTOR}},
            *({"name": _volume(path), "hostPath": {"path": path, "type": "Directory"}} for path in LOG_FOLDERS),
            {"name": "buffer", "hostPath": {"path": BUFFER_FOLDER, "type": "DirectoryOrCreate"}},
        ],
    }


def _container(image: pulumi.Input[str], credentials_secret: str) -> Manifest:
    return {
        "name": LOG_COLLECTOR,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["--config", f"{_FOLDER}/{_FILE}"],
        **(
            {"env": [_login(credentials_secret, key) for key in ("username", "password")]} if credentials_secret else {}
        ),
        "ports": [{"name": "http", "containerPort": ports.LOG_COLLECTOR}],
        "livenessProbe": {**_HEALTH, "initialDelaySeconds": 30, "periodSeconds": 30, "failureThreshold": 10},
        "readinessProbe": {**_HEALTH, "periodSeconds": 15},
        "resources": {kind: dict(amounts) for kind, amounts in _RESOURCES.items()},
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "config", "mountPath": _FOLDER, "readOnly": True},
            *({"name": _volume(path), "mountPath": path, "readOnly": True} for path in LOG_FOLDERS),
            {"name": "buffer", "mountPath": BUFFER_FOLDER},
        ],
    }


def _login(secret: str, key: str) -> Manifest:
    source = {"name": secret, "key": key, "optional": key == "username"}
    return {"name": f"LOG_{key.upper()}", "valueFrom": {"secretKeyRef": source}}


def _volume(path: str) -> str:
    return f"logs-{path.rpartition('/')[2]}"


def _text(config: Manifest) -> str:
    return yaml.safe_dump(config, sort_keys=False, width=120)
