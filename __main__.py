"""The platform, as one Pulumi program: settings, the cluster's provider, one component per concern, exports."""

import pulumi

from components.cluster_provider import cluster_provider
from components.namespace import Namespace
from components.network_flows import CODER
from components.platform_namespaces import platform_namespaces
from components.registry import Registry, RegistryArgs
from components.workspace_config import workspace_config
from core.errors import SptFlowError
from settings import RegistrySettings, read_settings


def registry_args(registry: RegistrySettings) -> RegistryArgs:
    """Return the registry's arguments for the stack's settings; what is empty there is left out here."""
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


def main() -> None:
    """Declare the platform for the stack's settings."""
    settings = read_settings()
    cluster = settings.cluster
    provider = cluster_provider(kubeconfig_path=cluster.kubeconfig_path, context=cluster.kube_context)

    namespaces = {
        args["namespace"]: Namespace(args["namespace"], args, pulumi.ResourceOptions(providers=[provider]))
        for args in platform_namespaces(settings)
    }
    in_coder = pulumi.ResourceOptions(providers=[provider], depends_on=[namespaces[CODER]])
    registry = Registry("registry", registry_args(settings.registry), in_coder)
    workspace_config(
        namespace=CODER,
        registry_url=registry.address,
        opts=pulumi.ResourceOptions(provider=provider, depends_on=[namespaces[CODER]]),
    )

    pulumi.export("namespaces", [namespace.namespace for namespace in namespaces.values()])
    pulumi.export("registryAddress", registry.address)
    pulumi.export("registryClusterIp", registry.cluster_ip)


try:
    main()
except SptFlowError as error:
    # A RunError is shown as its message alone; anything else would bring a traceback.
    raise pulumi.RunError(str(error)) from None
