"""The Pushgateway: it keeps what short jobs measured, until Prometheus comes for it."""

__all__ = ["Pushgateway", "PushgatewayArgs"]

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.pushgateway_manifests import PUSHGATEWAY_NAME, build_deployment, build_service, build_storage


class PushgatewayArgs(TypedDict):
    """What the gateway is to be."""

    namespace: str  # no Input: the address is made of it
    """Namespace it lives in."""
    image: pulumi.Input[str]
    """Image whose entrypoint is the `pushgateway` program."""
    storage: pulumi.Input[str]
    """Size of the volume."""
    storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of the volume; the cluster's default if left out."""
    protect_storage: bool  # no Input: resource options take none
    """Refuse to delete or replace the volume."""


class Pushgateway(pulumi.ComponentResource):
    """A gateway with one replica on one volume; who may push and who may scrape is up to the network's flows."""

    name: pulumi.Output[str]
    """Name of its Service."""

    def __init__(self, name: str, args: PushgatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Pushgateway", name, None, opts)
        namespace = args["namespace"]
        manifest = build_storage(namespace, storage=args["storage"], storage_class=args.get("storage_class"))
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-pvc",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, protect=args["protect_storage"]),
        )
        manifest = build_deployment(namespace, image=args["image"])
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[claim]),
        )
        manifest = build_service(namespace)
        kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            # A Service is awaited until it has endpoints: those are the Deployment's pods.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.name = pulumi.Output.from_input(PUSHGATEWAY_NAME)
        self.register_outputs({"name": self.name})
