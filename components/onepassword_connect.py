"""1Password Connect in the cluster, for Coder's templates and for 1Password's operator."""

__all__ = ["OnePasswordConnect", "OnePasswordConnectArgs", "connect_args"]

import hashlib
import json
from typing import TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.onepassword_connect_manifests import (
    CREDENTIALS_KEY,
    build_connect_credentials,
    build_connect_deployment,
    build_connect_service,
    connect_address,
)
from components.secret import to_base64
from core.errors import UsageError
from settings import SecretSourceSettings


class OnePasswordConnectArgs(TypedDict):
    """What Connect is to be."""

    namespace: str  # no Input: the address is made of it
    """Namespace it lives in."""
    credentials: pulumi.Input[str]
    """Content of 1password-credentials.json, a secret."""
    api_image: pulumi.Input[str]
    """Image of its API."""
    sync_image: pulumi.Input[str]
    """Image of what keeps its copy of the vaults up to date."""


class OnePasswordConnect(pulumi.ComponentResource):
    """A Connect server that is ready."""

    address: pulumi.Output[str]
    """Its URL inside the cluster."""

    def __init__(self, name: str, args: OnePasswordConnectArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:OnePasswordConnect", name, None, opts)
        namespace, child = args["namespace"], pulumi.ResourceOptions(parent=self)
        hidden = pulumi.Output.secret(args["credentials"])
        manifest = build_connect_credentials(namespace, {CREDENTIALS_KEY: hidden.apply(to_base64)})
        secret = kubernetes.core.v1.Secret(
            f"{name}-credentials",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=child,
        )
        manifest = build_connect_deployment(
            namespace,
            api_image=args["api_image"],
            sync_image=args["sync_image"],
            credentials_checksum=hidden.apply(_checksum),
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[secret]),
        )
        manifest = build_connect_service(namespace)
        kubernetes.core.v1.Service(
            f"{name}-service",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            # A Service is awaited until it has endpoints.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.address = pulumi.Output.from_input(connect_address(namespace))
        self.register_outputs({"address": self.address})


def connect_args(source: SecretSourceSettings, namespace: str) -> OnePasswordConnectArgs | None:
    """Return the arguments, None if the stack installs no Connect; raise UsageError for credentials that are none."""
    if not source.connect_install:
        return None
    credentials = source.connect_credentials.get_secret_value()
    if not _is_object(credentials):
        state = "has a value that is no JSON object" if credentials else "has no value"
        raise UsageError(
            f"The setting connectCredentials {state}, and connectInstall needs the content of {CREDENTIALS_KEY}.",
            next_command="tr -d '\\n' <1password-credentials.json | "
            "pulumi config set --secret spt-flow:connectCredentials",
        )
    return {
        "namespace": namespace,
        "credentials": pulumi.Output.secret(credentials),
        "api_image": str(source.connect_api_image),
        "sync_image": str(source.connect_sync_image),
    }


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
