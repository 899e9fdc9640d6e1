"""What keeps the platform in order from day to day, each part by the stack's settings."""

__all__ = ["declare_operations"]

from collections.abc import Callable, Sequence

import pulumi

from components.audit import declare_audit
from components.grafana import declare_grafana
from components.logs_arguments import declare_logs
from components.monitoring_arguments import declare_monitoring
from components.prepull_arguments import declare_prepull
from components.pushgateway_arguments import declare_pushgateway
from components.registry import Registry
from components.registry_gc_arguments import declare_registry_gc
from components.snapshots_arguments import declare_snapshots
from settings import Settings


def declare_operations(
    settings: Settings,
    image: pulumi.Input[str],
    *,
    guards: Sequence[pulumi.Resource],
    registry: Registry,
    after: Callable[..., pulumi.ResourceOptions],
) -> None:
    """Declare them: the workspaces' `image` on the nodes, the registry's collection, snapshots of homes, logs.

    `after` gives the options of what waits for some resources, `guards` come before any workload.
    """
    declare_pushgateway(settings, after(*guards))
    declare_monitoring(settings, after(*guards, registry))
    declare_audit(settings, after(*guards))
    declare_prepull(settings, image, after(*guards))
    declare_registry_gc(settings, image, after(*guards, registry))
    declare_snapshots(settings, after(*guards))
    declare_grafana(settings, after(*guards))
    declare_logs(settings, after(*guards))
