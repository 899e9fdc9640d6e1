"""Settings of the dashboards for Grafana."""

__all__ = ["DashboardSettings", "check_dashboards"]

from typing import Literal

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.setting_values import JsonObject
from settings.labels import check_labels
from settings.monitoring import MonitoringSettings

_LABELS = '{"grafana_dashboard": "1"}'


class DashboardSettings(SettingsGroup):
    """Dashboards: whether Grafana is given them, and by which labels it finds them."""

    dashboards: Literal["none", "config-map"] = Field(
        default="none",
        description=(
            "How Grafana is given the dashboards: config-map: as ConfigMaps in monitoringNamespace, where the sidecar "
            "of Grafana's chart finds them; none: docs/dashboards/ has them as files."
        ),
    )
    dashboard_labels: JsonObject = Field(
        default={"grafana_dashboard": "1"}, description="Labels of those ConfigMaps, by which the sidecar knows them."
    )


def check_dashboards(reader: ConfigReader, dashboards: DashboardSettings, monitoring: MonitoringSettings) -> None:
    """Raise SettingsError for labels that are none, or dashboards without a namespace to put them in."""
    check_labels(reader, dashboards, "dashboard_labels", _LABELS)
    if dashboards.dashboards != "none":
        reader.require(monitoring, "monitoring_namespace")
