"""The arguments of the Pushgateway, out of the stack's settings."""

__all__ = ["declare_pushgateway", "pushgateway_args"]

import pulumi

from components.network_flows import CODER
from components.pushgateway import Pushgateway, PushgatewayArgs
from settings import MonitoringSettings, Settings


def declare_pushgateway(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Run a gateway if the stack's settings say so."""
    if settings.monitoring.pushgateway:
        Pushgateway("pushgateway", pushgateway_args(settings.monitoring), opts)


def pushgateway_args(monitoring: MonitoringSettings) -> PushgatewayArgs:
    """Return the arguments; what is empty in the settings is left out here."""
    args: PushgatewayArgs = {
        "namespace": CODER,
        "image": str(monitoring.pushgateway_image),
        "storage": str(monitoring.pushgateway_storage),
        "protect_storage": monitoring.pushgateway_storage_protect,
    }
    if monitoring.pushgateway_storage_class:
        args["storage_class"] = monitoring.pushgateway_storage_class
    return args
