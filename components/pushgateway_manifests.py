"""The Pushgateway's manifests, built from plain values, and where the jobs find a gateway."""

__all__ = [
    "PUSHGATEWAY_NAME",
    "build_deployment",
    "build_service",
    "build_storage",
    "pushgateway_url",
]

from typing import Final

import pulumi

import ports
from components.manifest import Manifest, object_metadata
from components.network_flows import CODER
from components.restricted_pod import container_security, pod_security
from components.volume_claim import build_volume_claim
from core.kubernetes_names import object_labels
from settings import Settings

PUSHGATEWAY_NAME: Final = "pushgateway"
"""Name of the Deployment and the Service, and so Prometheus' name of the job that scrapes it."""

_ROLE: Final = "monitoring"
_USER: Final = 65532
_CLAIM: Final = "pushgateway-data"
_FOLDER: Final = "/data"
_SELECTOR: Final = {"app.kubernetes.io/name": PUSHGATEWAY_NAME}
_RESOURCES: Final = {
    "requests": {"cpu": "10m", "memory": "32Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "200m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
}


def pushgateway_url(settings: Settings) -> str:
    """Return where jobs push their metrics: the platform's own gateway, one of the user's, or nothing."""
    if settings.monitoring.pushgateway:
        return f"http://{PUSHGATEWAY_NAME}.{CODER}.svc.cluster.local"
    return settings.reaper.reaper_pushgateway_url


def build_storage(namespace: str, *, storage: pulumi.Input[str], storage_class: pulumi.Input[str] | None) -> Manifest:
    """Return the claim of the volume on which metrics outlive a restart; most are pushed once a day or more rarely."""
    return build_volume_claim(
        _CLAIM, namespace, _ROLE, part=PUSHGATEWAY_NAME, storage=storage, storage_class=storage_class
    )


def build_service(namespace: str) -> Manifest:
    """Return the Service, for those who push and for Prometheus alike."""
    port = {"name": "http", "port": ports.HTTP, "targetPort": "http", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(PUSHGATEWAY_NAME, namespace, _ROLE),
        "spec": {"type": "ClusterIP", "selector": _SELECTOR, "ports": [port]},
    }


def build_deployment(namespace: str, *, image: pulumi.Input[str]) -> Manifest:
    """Return the Deployment: one replica, since two would each have half of the metrics, and write one file."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": object_metadata(PUSHGATEWAY_NAME, namespace, _ROLE),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 3,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": _SELECTOR},
            "template": {
                "metadata": {"labels": object_labels(PUSHGATEWAY_NAME, _ROLE)},
                "spec": {
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    "terminationGracePeriodSeconds": 10,
                    "securityContext": pod_security(_USER, has_volume=True),
                    "containers": [_container(image)],
                    "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": _CLAIM}}],
                },
            },
        },
    }


def _container(image: pulumi.Input[str]) -> Manifest:
    return {
        "name": PUSHGATEWAY_NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": [
            f"--web.listen-address=:{ports.PUSHGATEWAY}",
            f"--persistence.file={_FOLDER}/metrics",
            "--persistence.interval=1m",
        ],
        "ports": [{"name": "http", "containerPort": ports.PUSHGATEWAY, "protocol": "TCP"}],
        "resources": {kind: dict(amounts) for kind, amounts in _RESOURCES.items()},
        "livenessProbe": {
            "httpGet": {"path": "/-/healthy", "port": "http"},
            "periodSeconds": 10,
            "failureThreshold": 3,
            "timeoutSeconds": 5,
        },
        "readinessProbe": {
            "httpGet": {"path": "/-/ready", "port": "http"},
            "periodSeconds": 2,
            "failureThreshold": 3,
            "timeoutSeconds": 5,
        },
        "securityContext": container_security(),
        "volumeMounts": [{"name": "data", "mountPath": _FOLDER}],
    }
