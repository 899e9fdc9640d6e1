"""What Prometheus is given, as manifests: a Service for the registry's metrics, ServiceMonitors, and the rules."""

__all__ = [
    "REGISTRY_METRICS",
    "RULES_FILE",
    "RULES_NAME",
    "build_registry_metrics_service",
    "build_rule_file",
    "build_rules",
    "build_rules_config_map",
    "build_service_monitors",
]

from collections.abc import Mapping
from typing import Final

import yaml

import ports
from components.coder_manifests import CODER_NAME, METRICS_NAME
from components.manifest import Manifest, object_metadata
from components.pushgateway_manifests import PUSHGATEWAY_NAME
from components.registry_manifests import REGISTRY_NAME

REGISTRY_METRICS: Final = "registry-metrics"
"""Name of the registry's Service for metrics, and so Prometheus' name of the job that scrapes it."""

RULES_NAME: Final = "spt-flow-rules"
"""Name of the PrometheusRule, and of the ConfigMap with the same rules as a file."""

RULES_FILE: Final = "spt-flow.rules.yaml"
"""Name of that file."""

_ROLE: Final = "monitoring"
_GROUP: Final = "monitoring.coreos.com/v1"
_NAME_LABEL: Final = "app.kubernetes.io/name"
# A Service of each app, and the port of it that has metrics; the operator names a job after its Service.
_CODER: Final = (METRICS_NAME, CODER_NAME, "metrics", False)
_REGISTRY: Final = (REGISTRY_METRICS, REGISTRY_NAME, "metrics", False)
# What was pushed keeps the labels it was pushed with.
_PUSHGATEWAY: Final = (PUSHGATEWAY_NAME, PUSHGATEWAY_NAME, "http", True)


def build_registry_metrics_service(namespace: str) -> Manifest:
    """Return the headless Service of the registry's metrics; the one for images has no business with them."""
    port = {"name": "metrics", "port": ports.REGISTRY_DEBUG, "targetPort": "debug", "protocol": "TCP"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": object_metadata(REGISTRY_METRICS, namespace, _ROLE, part=REGISTRY_NAME),
        "spec": {"clusterIP": "None", "selector": {_NAME_LABEL: REGISTRY_NAME}, "ports": [port]},
    }


def build_service_monitors(namespace: str, labels: Mapping[str, str], *, pushgateway: bool) -> list[Manifest]:
    """Return a ServiceMonitor for each Service with metrics; `labels` are those that a Prometheus chooses by."""
    chosen = (_CODER, _REGISTRY, *([_PUSHGATEWAY] if pushgateway else []))
    return [
        _service_monitor(name, namespace, labels, app=app, port=port, honor=honor) for name, app, port, honor in chosen
    ]


def build_rules(namespace: str, labels: Mapping[str, str], groups: list[Manifest]) -> Manifest:
    """Return the PrometheusRule of the groups, as components.alert_rules builds them."""
    return {
        "apiVersion": _GROUP,
        "kind": "PrometheusRule",
        "metadata": _labelled(RULES_NAME, namespace, labels, part=RULES_NAME),
        "spec": {"groups": groups},
    }


def build_rules_config_map(namespace: str, groups: list[Manifest]) -> Manifest:
    """Return the ConfigMap with the rules as a file, for a Prometheus without the operator."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": object_metadata(RULES_NAME, namespace, _ROLE),
        "data": {RULES_FILE: build_rule_file(groups)},
    }


def build_rule_file(groups: list[Manifest]) -> str:
    """Return the groups as the text of a rule file."""
    return yaml.safe_dump({"groups": groups}, sort_keys=False, width=4096, allow_unicode=True)


def _service_monitor(
    name: str, namespace: str, labels: Mapping[str, str], *, app: str, port: str, honor: bool
) -> Manifest:
    return {
        "apiVersion": _GROUP,
        "kind": "ServiceMonitor",
        "metadata": _labelled(name, namespace, labels, part=app),
        "spec": {
            "namespaceSelector": {"matchNames": [namespace]},
            # Every Service of the app, of which one has a port of this name.
            "selector": {"matchLabels": {_NAME_LABEL: app}},
            "endpoints": [{"port": port, "path": "/metrics", "interval": "30s", "honorLabels": honor}],
        },
    }


def _labelled(name: str, namespace: str, labels: Mapping[str, str], *, part: str) -> Manifest:
    metadata = object_metadata(name, namespace, _ROLE, part=part)
    metadata["labels"] = {**labels, **metadata["labels"]}
    return metadata
