"""The arguments of monitoring, out of the stack's settings."""

__all__ = ["declare_monitoring", "monitoring_args", "rule_facts"]

import pulumi

from components.alert_rules.every_group import RuleFacts, build_groups
from components.database_arguments import has_own_database
from components.monitoring import Monitoring, MonitoringArgs
from components.network_flows import CODER
from components.pushgateway_manifests import pushgateway_url
from core.business_hours import BusinessHours
from settings import Settings


def declare_monitoring(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Give Prometheus what it needs if the stack's settings say so."""
    args = monitoring_args(settings)
    if args is not None:
        Monitoring("monitoring", args, opts)


def monitoring_args(settings: Settings) -> MonitoringArgs | None:
    """Return the arguments, None if there is no monitoring."""
    monitoring = settings.monitoring
    if monitoring.monitoring == "none":
        return None
    return {
        "namespace": CODER,
        "operator": monitoring.monitoring == "operator",
        "labels": {key: str(value) for key, value in monitoring.monitoring_labels.items()},
        "pushgateway": monitoring.pushgateway,
        "groups": build_groups(rule_facts(settings)),
    }


def rule_facts(settings: Settings) -> RuleFacts:
    """Return what of the stack decides its rules."""
    deployment = settings.deployment
    return RuleFacts(
        hours=BusinessHours.parse(deployment.business_days, deployment.business_hours, deployment.business_time_zone),
        runbook_url=settings.monitoring.monitoring_runbook_url,
        pushes=bool(pushgateway_url(settings)),
        pushgateway=settings.monitoring.pushgateway,
        dumps=has_own_database(settings),
        snapshots=settings.snapshots.home_snapshots != "none",
        collection=settings.registry_gc.registry_gc,
        prepull=settings.prepull.workspace_prepull,
    )
