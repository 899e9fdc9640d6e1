"""Monitoring: where the platform's metrics are, and what Prometheus is to make of them. Prometheus is the cluster's."""

__all__ = ["Monitoring", "MonitoringArgs"]

from collections.abc import Mapping
from typing import TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.bare_object import BareObject
from components.manifest import Manifest
from components.monitoring_manifests import (
    build_registry_metrics_service,
    build_rules,
    build_rules_config_map,
    build_service_monitors,
)


class MonitoringArgs(TypedDict):
    """What Prometheus is given."""

    namespace: str  # no Input: names are made of it
    """Namespace of what is monitored."""
    operator: bool
    """Whether the cluster has the operator's kinds; without them the rules are a file in a ConfigMap."""
    labels: Mapping[str, str]
    """Labels by which the operator's Prometheus chooses."""
    pushgateway: bool
    """Whether there is a Pushgateway of the platform's."""
    groups: list[Manifest]
    """The rules."""


class Monitoring(pulumi.ComponentResource):
    """The registry's Service for metrics (Coder's comes with Coder), and ServiceMonitors and rules."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Monitoring", name, None, opts)
        namespace, child = args["namespace"], pulumi.ResourceOptions(parent=self)
        manifest = build_registry_metrics_service(namespace)
        kubernetes.core.v1.Service(f"{name}-registry", metadata=manifest["metadata"], spec=manifest["spec"], opts=child)
        if args["operator"]:
            for manifest in build_service_monitors(namespace, args["labels"], pushgateway=args["pushgateway"]):
                BareObject(f"{name}-{manifest['metadata']['name']}-monitor", manifest, child)
            BareObject(f"{name}-rules", build_rules(namespace, args["labels"], args["groups"]), child)
        else:
            manifest = build_rules_config_map(namespace, args["groups"])
            kubernetes.core.v1.ConfigMap(
                f"{name}-rules", metadata=manifest["metadata"], data=manifest["data"], opts=child
            )
        self.register_outputs({})
