"""Settings of what Prometheus is told: where metrics are, which rules to keep, and the gateway that jobs push to."""

__all__ = ["MonitoringSettings", "check_monitoring"]

from typing import Literal

from pydantic import Field

import versions
from core.config_reader import ConfigReader, SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, PositiveQuantity, ResourceName, Switch
from core.setting_urls import WebPage
from core.setting_values import JsonObject
from settings.amount import amount
from settings.labels import check_labels
from settings.reaper import ReaperSettings

_LABELS = '{"release": "kube-prometheus-stack"}'


class MonitoringSettings(SettingsGroup):
    """Whether and how the platform is monitored. Prometheus itself is the cluster's."""

    monitoring: Literal["none", "services", "operator"] = Field(
        default="none",
        description=(
            "What Prometheus is given: services: Services to scrape, its way through the network, and the rules as a "
            "file; operator: ServiceMonitors and a PrometheusRule besides, whose CRDs the cluster has to have; none."
        ),
    )
    monitoring_namespace: ResourceName = Field(
        default="monitoring", description="Namespace of Prometheus, whose pods may scrape the platform's."
    )
    monitoring_labels: JsonObject = Field(
        default={},
        description="Labels by which the operator's Prometheus chooses ServiceMonitors and rules.",
        examples=[_LABELS],
    )
    monitoring_runbook_url: WebPage = Field(
        default="",
        description=(
            "Where docs/runbooks/alerts.md of this version can be read; each alert links to its section. Empty for "
            "the file's path alone."
        ),
        examples=["https://git.example.com/platform/spt-flow/docs/runbooks/alerts.md"],
    )
    pushgateway: Switch = Field(
        default=False,
        description="Run a Pushgateway for the jobs' metrics; false where reaperPushgatewayUrl names one, or for none.",
    )
    pushgateway_image: ImageText = Field(
        default=ImageReference.parse(f"prom/pushgateway:v{versions.PUSHGATEWAY}"), description="Image of the gateway."
    )
    pushgateway_storage: PositiveQuantity = amount("1Gi", "Size of the volume that keeps metrics when it restarts.")
    pushgateway_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of the volume; empty for the cluster's default.",
        examples=["standard"],
    )
    pushgateway_storage_protect: Switch = Field(
        default=True, description="Refuse to delete or replace the volume until this is set to false."
    )


def check_monitoring(reader: ConfigReader, monitoring: MonitoringSettings, reaper: ReaperSettings) -> None:
    """Raise SettingsError for labels that are none, no namespace to be scraped from, two gateways, or an idle one."""
    check_labels(reader, monitoring, "monitoring_labels", _LABELS)
    if monitoring.monitoring != "none":
        reader.require(monitoring, "monitoring_namespace")
    if not monitoring.pushgateway:
        return
    if reaper.reaper_pushgateway_url:
        raise reader.refusal(
            monitoring, "pushgateway", "reaperPushgatewayUrl names a gateway already: false is expected", "false"
        )
    if monitoring.monitoring == "none":
        raise reader.refusal(
            monitoring, "pushgateway", "monitoring is none, and nobody would read from it: false is expected", "false"
        )
