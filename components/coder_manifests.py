"""The objects around Coder's chart: Services, the Secret of its credentials, its rights over workspaces."""

__all__ = [
    "CODER_NAME",
    "METRICS_NAME",
    "build_credentials",
    "build_metrics_service",
    "build_service",
    "build_workspace_role",
    "build_workspace_role_binding",
]

from collections.abc import Mapping
from typing import Final

import pulumi

import ports
from components.coder_values import CREDENTIALS_SECRET, SERVICE_ACCOUNT
from components.manifest import Manifest, object_metadata
from components.secret import build_secret

CODER_NAME: Final = "coder"
"""Name of the release, of the chart's Deployment and of the Service."""

METRICS_NAME: Final = "coder-metrics"
"""Name of the headless Service of the metrics."""

_COMPONENT: Final = "control-plane"
_ROLE_NAME: Final = "coder-workspaces"
# What the chart selects by: never to be changed.
_SELECTOR: Final = {"app.kubernetes.io/name": CODER_NAME, "app.kubernetes.io/instance": CODER_NAME}
_WRITE: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


def build_service(namespace: str, cluster_ip: pulumi.Input[str] | None, *, replicas: int) -> Manifest:
    """Return the Service users and workspaces come through; without an address the cluster chooses one.

    With several replicas a client stays with one of them: the agents' connections are held there.
    """
    chosen = {} if cluster_ip is None else {"clusterIP": cluster_ip}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(CODER_NAME, namespace, _COMPONENT),
        "spec": {
            "type": "ClusterIP",
            "selector": _SELECTOR,
            "sessionAffinity": "ClientIP" if replicas > 1 else "None",
            "ports": [{"name": "http", "port": ports.HTTP, "targetPort": ports.CODER, "protocol": "TCP"}],
            **chosen,
        },
    }


def build_metrics_service(namespace: str) -> Manifest:
    """Return the headless Service of the metrics, which the chart has none for; each pod is scraped by itself."""
    port = {"name": "metrics", "port": ports.CODER_METRICS, "targetPort": ports.CODER_METRICS, "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(METRICS_NAME, namespace, _COMPONENT, part=CODER_NAME),
        "spec": {"clusterIP": "None", "selector": _SELECTOR, "ports": [port]},
    }


def build_credentials(namespace: str, data: Mapping[str, pulumi.Input[str]]) -> Manifest:
    """Return the Secret; the values of `data` are in base64."""
    return build_secret(CREDENTIALS_SECRET, namespace, _COMPONENT, part=CODER_NAME, data=data)


def build_workspace_role(namespace: str) -> Manifest:
    """Return what templates may make in the workspaces' namespace, and Coder's Terraform in their name.

    Secrets hold the agents' tokens: they can be made, read by name and removed, but not listed.
    """
    rules = [
        {"apiGroups": [""], "resources": ["pods", "persistentvolumeclaims", "configmaps"], "verbs": list(_WRITE)},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": list(_WRITE)},
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create", "delete", "get", "patch", "update"]},
        # What a template's apply waits for, and what tells a user why a workspace does not start.
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": [""], "resources": ["events", "pods/log"], "verbs": ["get", "list", "watch"]},
    ]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": object_metadata(_ROLE_NAME, namespace, _COMPONENT, part=CODER_NAME),
        "rules": rules,
    }


def build_workspace_role_binding(namespace: str, *, coder_namespace: str) -> Manifest:
    """Return what gives the role to Coder's service account."""
    subject = {"kind": "ServiceAccount", "name": SERVICE_ACCOUNT, "namespace": coder_namespace}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": object_metadata(_ROLE_NAME, namespace, _COMPONENT, part=CODER_NAME),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": _ROLE_NAME},
        "subjects": [subject],
    }
