"""Coder's database: PostgreSQL in the cluster, or one of the user's that a secret leads to."""

__all__ = ["Database", "DatabaseArgs"]

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from components.database_manifests import (
    DATA_CLAIM,
    PASSWORD_KEY,
    URL_KEY,
    build_database_secret,
    build_service,
    build_stateful_set,
    build_volume_claim,
    database_url,
)
from components.secret import SecretKey, to_base64

_PASSWORD_LENGTH = 40


class DatabaseArgs(TypedDict):
    """What the database is to be; with `url` or `existing` all but the namespace is passed over."""

    namespace: str  # no Input: the address is made of it
    """Namespace it lives in."""
    url: NotRequired[pulumi.Input[str]]
    """URL of a database of the user's, a secret; one in the cluster is made if left out."""
    existing: NotRequired[SecretKey]  # no Input: the Secret is made by somebody else, before
    """Where such a URL already is; with it nothing is made at all."""
    image: pulumi.Input[str]
    """Image that behaves like Docker's official one of PostgreSQL."""
    storage: pulumi.Input[str]
    """Size of the volume."""
    storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of the volume; the cluster's default if left out."""
    protect_storage: bool  # no Input: resource options take none
    """Refuse to delete or replace the volume."""
    resources: Mapping[str, Mapping[str, pulumi.Input[str]]]
    """Requests and limits of the container."""


class Database(pulumi.ComponentResource):
    """A PostgreSQL with one pod on one volume, or nothing but the Secret that leads to another one."""

    secret_name: pulumi.Output[str]
    """Name of the Secret with the connection URL."""

    in_cluster: bool
    """Whether the database is ours: then it is dumped, too."""

    def __init__(self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Database", name, None, opts)
        namespace, url = args["namespace"], args.get("url")
        existing = args.get("existing")
        self.in_cluster = url is None and existing is None
        if existing is not None:
            self.secret_name = pulumi.Output.from_input(existing.name)
            self.register_outputs({"secretName": self.secret_name})
            return
        if url is None:
            password = random.RandomPassword(
                f"{name}-password",
                length=_PASSWORD_LENGTH,
                special=False,
                # What is on the volume opens with this one alone: it stays as long as the volume.
                opts=pulumi.ResourceOptions(parent=self, protect=args["protect_storage"]),
            ).result
            secret = self._secret(
                name,
                namespace,
                {
                    PASSWORD_KEY: password.apply(to_base64),
                    URL_KEY: password.apply(lambda value: to_base64(database_url(namespace, value))),
                },
            )
            self._run(name, args, secret)
        else:
            hidden = pulumi.Output.secret(url)
            secret = self._secret(name, namespace, {URL_KEY: hidden.apply(to_base64)})
        self.secret_name = pulumi.Output.from_input(secret.metadata["name"])
        self.register_outputs({"secretName": self.secret_name})

    def _secret(self, name: str, namespace: str, data: Mapping[str, pulumi.Input[str]]) -> kubernetes.core.v1.Secret:
        manifest = build_database_secret(namespace, data)
        return kubernetes.core.v1.Secret(
            f"{name}-secret",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _run(self, name: str, args: DatabaseArgs, secret: pulumi.Resource) -> None:
        """Create volume, Service and pod."""
        namespace, child = args["namespace"], pulumi.ResourceOptions(parent=self)
        manifest = build_volume_claim(
            DATA_CLAIM, namespace, storage=args["storage"], storage_class=args.get("storage_class")
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-pvc",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, protect=args["protect_storage"]),
        )
        manifest = build_service(namespace)
        service = kubernetes.core.v1.Service(
            f"{name}-service", metadata=manifest["metadata"], spec=manifest["spec"], opts=child
        )
        manifest = build_stateful_set(namespace, image=args["image"], resources=args["resources"])
        kubernetes.apps.v1.StatefulSet(
            f"{name}-stateful-set",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[secret, claim, service]),
        )
