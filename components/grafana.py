"""Grafana is given the dashboards: a ConfigMap each, where the sidecar of its chart finds them by their label."""

__all__ = ["Grafana", "GrafanaArgs", "build_config_map", "declare_grafana"]

from collections.abc import Mapping
from typing import Final, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.dashboards.pages import dashboard_files
from components.manifest import Manifest, object_metadata
from settings import Settings

_ROLE: Final = "dashboards"


class GrafanaArgs(TypedDict):
    """Where the dashboards go."""

    namespace: str  # no Input: it is somebody else's, and names are looked at
    """Namespace in which Grafana's sidecar looks; it exists."""
    labels: Mapping[str, str]
    """Labels by which the sidecar knows dashboards."""


class Grafana(pulumi.ComponentResource):
    """The ConfigMaps."""

    names: pulumi.Output[list[str]]
    """Their names."""

    def __init__(self, name: str, args: GrafanaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Grafana", name, None, opts)
        names: list[str] = []
        for file, text in dashboard_files().items():
            manifest = build_config_map(args["namespace"], args["labels"], file, text)
            names.append(manifest["metadata"]["name"])
            kubernetes.core.v1.ConfigMap(
                f"{name}-{file.removesuffix('.json')}",
                metadata=manifest["metadata"],
                data=manifest["data"],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.names = pulumi.Output.from_input(names)
        self.register_outputs({"names": self.names})


def build_config_map(namespace: str, labels: Mapping[str, str], file: str, text: str) -> Manifest:
    """Return the ConfigMap of one dashboard; `file` is its file's name, `text` its JSON."""
    metadata = object_metadata(file.removesuffix(".json"), namespace, _ROLE)
    metadata["labels"] = {**labels, **metadata["labels"]}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {file: text}}


def declare_grafana(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Give Grafana the dashboards if the stack's settings say so."""
    if settings.dashboards.dashboards == "config-map":
        args: GrafanaArgs = {
            "namespace": settings.monitoring.monitoring_namespace,
            "labels": settings.dashboards.dashboard_labels,
        }
        Grafana("grafana", args, opts)
