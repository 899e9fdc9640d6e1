"""The platform, as one Pulumi program: settings, the cluster's provider, one component per concern, exports."""

import pulumi

from components.admission_arguments import admission_args
from components.admission_policies import AdmissionPolicies
from components.cluster_provider import cluster_provider
from components.coder_arguments import reaper_args
from components.coder_parts import coder_parts
from components.deployment_window import check_deployment_window
from components.kvm import Kvm
from components.kvm_arguments import kvm_args
from components.namespace import Namespace
from components.network_flows import CODER, SYSTEM
from components.operations import declare_operations
from components.platform_namespaces import platform_namespaces
from components.reaper import Reaper
from components.registry import Registry
from components.registry_arguments import registry_args
from components.secret_source import with_secrets
from components.template import Template
from components.template_arguments import template_args
from components.workspace_config import workspace_config
from components.workspace_image_arguments import workspace_image_reference
from core.errors import SptFlowError
from settings import read_settings


def main() -> None:
    """Declare the platform for the stack's settings."""
    settings = with_secrets(read_settings())
    check_deployment_window(settings)
    provider = cluster_provider(kubeconfig_path=settings.cluster.kubeconfig_path, context=settings.cluster.kube_context)

    def after(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(providers=[provider], depends_on=list(resources))

    namespaces = {one["namespace"]: Namespace(one["namespace"], one, after()) for one in platform_namespaces(settings)}
    admission = AdmissionPolicies("admission", admission_args(settings), after())
    guards = [*namespaces.values(), admission]
    registry = Registry("registry", registry_args(settings.registry), after(namespaces[CODER]))
    in_coder = pulumi.ResourceOptions(provider=provider, depends_on=[namespaces[CODER]])
    workspace_config(namespace=CODER, registry_url=registry.address, opts=in_coder)
    if (kvm := kvm_args(settings)) is not None:
        Kvm("kvm", kvm, after(namespaces[SYSTEM]))

    image = workspace_image_reference(settings, registry.address, after(registry))
    declare_operations(settings, image, guards=guards, registry=registry, after=after)

    coder = coder_parts(settings, namespace=namespaces[CODER], guards=guards, after=after)
    templates = [
        Template(args["name"], args, after(coder.access, registry))
        for args in template_args(
            settings,
            url=coder.server.access_url,
            session_token=coder.access.session_token,
            registry_url=registry.address,
            workspace_image=image,
        )
    ]
    Reaper("reaper", reaper_args(settings, coder.access), after(*guards, coder.access))

    pulumi.export("namespaces", [namespace.namespace for namespace in namespaces.values()])
    pulumi.export("registryAddress", registry.address)
    pulumi.export("registryClusterIp", registry.cluster_ip)
    pulumi.export("workspaceImage", image)
    pulumi.export("coderUrl", coder.server.access_url)
    pulumi.export("coderAdminPassword", coder.access.admin_password)
    pulumi.export("templateVersions", [template.version_name for template in templates])


try:
    main()
except SptFlowError as error:
    # A RunError is shown as its message alone; anything else would bring a traceback.
    raise pulumi.RunError(str(error)) from None
