"""The container registry inside the cluster: where images are pushed, cached and pulled from."""

__all__ = ["Registry", "RegistryArgs"]

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from components.registry_manifests import (
    build_config_map,
    build_deployment,
    build_http_secret,
    build_persistent_volume_claim,
    build_service,
    registry_config,
    registry_host,
)
from components.secret import to_base64

_HTTP_SECRET_LENGTH = 64


class RegistryArgs(TypedDict):
    """What the registry is to be."""

    namespace: str  # no Input: the address is made of it
    """Namespace it lives in."""
    image: pulumi.Input[str]
    """Image of distribution 3.x, whose entrypoint is the `registry` program."""
    storage: pulumi.Input[str]
    """Size of the volume."""
    storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of the volume; the cluster's default if left out."""
    protect_storage: bool  # no Input: resource options take none
    """Refuse to delete or replace the volume."""
    cluster_ip: NotRequired[pulumi.Input[str]]
    """Fixed address of the Service; the cluster chooses if left out."""
    resources: Mapping[str, Mapping[str, pulumi.Input[str]]]
    """Requests and limits of the container."""


class Registry(pulumi.ComponentResource):
    """A registry with one replica on one volume, reached as <address> from pods and, by node setup, from runtimes."""

    address: pulumi.Output[str]
    """Host and port inside the cluster, as image references begin with."""

    cluster_ip: pulumi.Output[str]
    """Address of the Service."""

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Registry", name, None, opts)
        namespace, child, config = args["namespace"], pulumi.ResourceOptions(parent=self), registry_config()
        manifest = build_config_map(namespace, config)
        config_map = kubernetes.core.v1.ConfigMap(
            f"{name}-config", metadata=manifest["metadata"], data=manifest["data"], opts=child
        )
        deployment = self._deploy(name, args, config, depends_on=[config_map, *self._store(name, args)])
        manifest = build_service(namespace, args.get("cluster_ip"))
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            # A Service is awaited until it has endpoints: those are the Deployment's pods.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.address = pulumi.Output.from_input(registry_host(namespace))
        self.cluster_ip = pulumi.Output.from_input(service.spec.cluster_ip)
        self.register_outputs({"address": self.address, "clusterIp": self.cluster_ip})

    def _store(self, name: str, args: RegistryArgs) -> list[pulumi.Resource]:
        """Create what outlives a pod: the volume's claim and the secret that signs upload states."""
        child = pulumi.ResourceOptions(parent=self)
        manifest = build_persistent_volume_claim(
            args["namespace"], storage=args["storage"], storage_class=args.get("storage_class")
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-pvc",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, protect=args["protect_storage"]),
        )
        password = random.RandomPassword(
            f"{name}-http-secret-value", length=_HTTP_SECRET_LENGTH, special=False, opts=child
        )
        manifest = build_http_secret(args["namespace"], password.result.apply(to_base64))
        secret = kubernetes.core.v1.Secret(
            f"{name}-http-secret",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=child,
        )
        return [claim, secret]

    def _deploy(
        self, name: str, args: RegistryArgs, config: str, depends_on: list[pulumi.Resource]
    ) -> kubernetes.apps.v1.Deployment:
        manifest = build_deployment(args["namespace"], image=args["image"], config=config, resources=args["resources"])
        return kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=depends_on),
        )
