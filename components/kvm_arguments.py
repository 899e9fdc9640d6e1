"""The arguments of what offers /dev/kvm, out of the stack's settings."""

__all__ = ["kvm_args"]

from components.kvm import KvmArgs
from components.network_flows import SYSTEM
from settings import Settings


def kvm_args(settings: Settings) -> KvmArgs | None:
    """Return the device plugin's arguments, None if the stack installs none."""
    kvm = settings.kvm
    if kvm.kvm_plugin == "none":
        return None
    builtin = kvm.kvm_plugin == "builtin"
    return {
        "namespace": SYSTEM,
        "plugin": kvm.kvm_plugin,
        "image": str(settings.reaper.platform_tools_image) if builtin else kvm.kvm_plugin_image,
        "resource": kvm.kvm_resource,
        "devices_per_node": kvm.kvm_devices_per_node,
    }
