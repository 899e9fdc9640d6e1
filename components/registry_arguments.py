"""The registry's arguments out of the stack's settings."""

__all__ = ["registry_args"]

from components.network_flows import CODER
from components.registry import RegistryArgs
from settings import RegistrySettings


def registry_args(registry: RegistrySettings) -> RegistryArgs:
    """Return the registry's arguments; what is empty in the settings is left out here."""
    args: RegistryArgs = {
        "namespace": CODER,
        "image": str(registry.registry_image),
        "storage": str(registry.registry_storage),
        "protect_storage": registry.registry_storage_protect,
        "resources": {
            "requests": {
                "cpu": str(registry.registry_cpu_request),
                "memory": str(registry.registry_memory_request),
                "ephemeral-storage": "64Mi",
            },
            "limits": {
                "cpu": str(registry.registry_cpu_limit),
                "memory": str(registry.registry_memory_limit),
                "ephemeral-storage": "256Mi",
            },
        },
    }
    if registry.registry_storage_class:
        args["storage_class"] = registry.registry_storage_class
    if registry.registry_cluster_ip:
        args["cluster_ip"] = registry.registry_cluster_ip
    return args
