"""The registry's manifests and its configuration file, built from plain values."""

__all__ = [
    "DATA_CLAIM",
    "DATA_FOLDER",
    "GC_NAME",
    "HTTP_SECRET",
    "HTTP_SECRET_KEY",
    "REGISTRY_NAME",
    "REGISTRY_USER",
    "build_config_map",
    "build_deployment",
    "build_http_secret",
    "build_persistent_volume_claim",
    "build_service",
    "registry_config",
    "registry_host",
]

import hashlib
from collections.abc import Mapping
from typing import Final

import pulumi
import yaml

import ports
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.secret import build_secret
from components.volume_claim import build_volume_claim
from core.kubernetes_names import object_labels

REGISTRY_NAME: Final = "registry"
"""Name of the Deployment and Service, and so the first part of the registry's address."""

DATA_CLAIM: Final = "registry-data"
"""Name of the volume claim that holds the images."""

DATA_FOLDER: Final = "/var/lib/registry"
"""Where it is mounted."""

REGISTRY_USER: Final = 65532
"""User and group that own the files there."""

GC_NAME: Final = "registry-gc"
"""Name of the pods that collect the registry's garbage, if there are any."""

HTTP_SECRET: Final = "registry-http"  # noqa: S105 - the name of a Secret, not one
"""Name of the Secret that signs upload states."""

HTTP_SECRET_KEY: Final = "http-secret"  # noqa: S105 - a key in a Secret, not one
_CONFIG_NAME: Final = "registry-config"
_CONFIG_FILE: Final = "config.yml"
_CONFIG_FOLDER: Final = "/etc/distribution"
_ROLE: Final = "registry"
_DRAIN_SECONDS: Final = 20
_SELECTOR: Final = {"app.kubernetes.io/name": REGISTRY_NAME}

_BESIDE_GC: Final = {
    "weight": 100,
    "podAffinityTerm": {
        "labelSelector": {"matchLabels": {"app.kubernetes.io/name": GC_NAME}},
        "topologyKey": "kubernetes.io/hostname",
    },
}


def registry_host(namespace: str) -> str:
    """Return host and port of the registry inside the cluster, as image references begin with."""
    return f"{REGISTRY_NAME}.{namespace}.svc.cluster.local:{ports.REGISTRY}"


def registry_config() -> str:
    """Return the registry's configuration file, the same text each time."""
    config = {
        "version": 0.1,
        "log": {"level": "info", "formatter": "json"},
        "storage": {
            "filesystem": {"rootdirectory": DATA_FOLDER},
            "delete": {"enabled": True},
            # No blob descriptor cache: after a garbage collection it would still claim deleted layers.
            "maintenance": {
                "uploadpurging": {"enabled": True, "age": "168h", "interval": "24h", "dryrun": False},
            },
        },
        "http": {
            "addr": f":{ports.REGISTRY}",
            "draintimeout": f"{_DRAIN_SECONDS}s",
            "headers": {"X-Content-Type-Options": ["nosniff"]},
            "debug": {"addr": f":{ports.REGISTRY_DEBUG}", "prometheus": {"enabled": True, "path": "/metrics"}},
        },
        "health": {"storagedriver": {"enabled": True, "interval": "10s", "threshold": 3}},
    }
    return yaml.safe_dump(config, sort_keys=False)


def build_config_map(namespace: str, config: str) -> Manifest:
    """Return the ConfigMap with the configuration file."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": object_metadata(_CONFIG_NAME, namespace, _ROLE, part=REGISTRY_NAME),
        "data": {_CONFIG_FILE: config},
    }


def build_http_secret(namespace: str, value: pulumi.Input[str]) -> Manifest:
    """Return the Secret; `value` is the signing secret in base64."""
    return build_secret(HTTP_SECRET, namespace, _ROLE, part=REGISTRY_NAME, data={HTTP_SECRET_KEY: value})


def build_persistent_volume_claim(
    namespace: str, *, storage: pulumi.Input[str], storage_class: pulumi.Input[str] | None
) -> Manifest:
    """Return the claim; without a storage class the cluster's default is taken."""
    return build_volume_claim(
        DATA_CLAIM, namespace, _ROLE, part=REGISTRY_NAME, storage=storage, storage_class=storage_class
    )


def build_service(namespace: str, cluster_ip: pulumi.Input[str] | None) -> Manifest:
    """Return the Service; without an address the cluster chooses one."""
    chosen = {} if cluster_ip is None else {"clusterIP": cluster_ip}
    port = {"name": "http", "port": ports.REGISTRY, "targetPort": "http", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(REGISTRY_NAME, namespace, _ROLE),
        "spec": {"type": "ClusterIP", "selector": _SELECTOR, "ports": [port], **chosen},
    }


def build_deployment(
    namespace: str, *, image: pulumi.Input[str], config: str, resources: Mapping[str, Mapping[str, pulumi.Input[str]]]
) -> Manifest:
    """Return the Deployment: one replica that is stopped before its successor starts, since both write one volume.

    The pod template carries a checksum of `config`, so that a changed configuration restarts the registry.
    """
    checksum = hashlib.sha256(config.encode()).hexdigest()
    template = {
        "metadata": {
            "labels": object_labels(REGISTRY_NAME, _ROLE),
            "annotations": {"spt-flow/config-checksum": checksum},
        },
        "spec": _pod_spec(image, resources),
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": object_metadata(REGISTRY_NAME, namespace, _ROLE),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 3,
            "progressDeadlineSeconds": 300,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": _SELECTOR},
            "template": template,
        },
    }


def _pod_spec(image: pulumi.Input[str], resources: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> Manifest:
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _DRAIN_SECONDS + 10,
        "securityContext": pod_security(REGISTRY_USER, has_volume=True),
        # After a collection the volume may still be at the node where that was.
        "affinity": {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [_BESIDE_GC]}},
        "containers": [_container(image, resources)],
        "volumes": [
            {"name": "data", "persistentVolumeClaim": {"claimName": DATA_CLAIM}},
            {"name": "config", "configMap": {"name": _CONFIG_NAME}},
        ],
    }


def _container(image: pulumi.Input[str], resources: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> Manifest:
    secret = {"secretKeyRef": {"name": HTTP_SECRET, "key": HTTP_SECRET_KEY}}
    serving = {"httpGet": {"path": "/", "port": "http"}}
    return {
        "name": "registry",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["serve", f"{_CONFIG_FOLDER}/{_CONFIG_FILE}"],
        "env": [
            {"name": "REGISTRY_HTTP_SECRET", "valueFrom": secret},
            # The registry would send traces to a collector on its own loopback, where there is none.
            {"name": "OTEL_TRACES_EXPORTER", "value": "none"},
        ],
        "ports": [
            {"name": "http", "containerPort": ports.REGISTRY, "protocol": "TCP"},
            {"name": "debug", "containerPort": ports.REGISTRY_DEBUG, "protocol": "TCP"},
        ],
        "resources": {kind: dict(amounts) for kind, amounts in resources.items()},
        "startupProbe": {**serving, "periodSeconds": 1, "failureThreshold": 60, "timeoutSeconds": 3},
        "livenessProbe": {**serving, "periodSeconds": 10, "failureThreshold": 3, "timeoutSeconds": 5},
        # Readiness alone asks about the volume: a restart would not bring it back.
        "readinessProbe": {
            "httpGet": {"path": "/debug/health", "port": "debug"},
            "periodSeconds": 5,
            "failureThreshold": 2,
            "timeoutSeconds": 5,
        },
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "data", "mountPath": DATA_FOLDER},
            {"name": "config", "mountPath": _CONFIG_FOLDER, "readOnly": True},
        ],
    }
