"""/dev/kvm as a resource that pods ask for: a device plugin on every node. A singleton of a cluster."""

__all__ = ["Kvm", "KvmArgs"]

from typing import Literal, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.job_rights import declare_account, declare_rights
from components.kvm_manifests import (
    build_account,
    build_builtin_daemon_set,
    build_generic_daemon_set,
    build_role,
    build_role_binding,
)


class KvmArgs(TypedDict):
    """What offers /dev/kvm, and as what."""

    namespace: str  # no Input: names are made of it
    """Namespace of the plugin's pods; its Pod Security level has to be privileged."""
    plugin: Literal["builtin", "generic"]
    """The platform's own, which probes and labels nodes, or generic-device-plugin."""
    image: pulumi.Input[str]
    """The plugin's image."""
    resource: str
    """Name of the extended resource, domain/name."""
    devices_per_node: int
    """How many pods of a node may have it at a time."""


class Kvm(pulumi.ComponentResource):
    """The device plugin, with the right to label nodes if it does so."""

    resource: pulumi.Output[str]
    """Name of the extended resource."""

    def __init__(self, name: str, args: KvmArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Kvm", name, None, opts)
        account = declare_account(name, build_account(args["namespace"]), pulumi.ResourceOptions(parent=self))
        needed: list[pulumi.Resource] = [account]
        build = build_generic_daemon_set
        if args["plugin"] == "builtin":
            build = build_builtin_daemon_set
            needed += declare_rights(
                name, role=build_role(), binding=build_role_binding(args["namespace"]), account=account, parent=self
            )
        manifest = build(
            args["namespace"],
            image=args["image"],
            resource=args["resource"],
            devices_per_node=args["devices_per_node"],
        )
        kubernetes.apps.v1.DaemonSet(
            f"{name}-daemonset",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.resource = pulumi.Output.from_input(args["resource"])
        self.register_outputs({"resource": self.resource})
