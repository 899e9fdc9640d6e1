"""What workspace templates look up in the cluster: the ConfigMap `coder-workspace-config`."""

__all__ = ["build_workspace_config", "workspace_config"]

from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.manifest import Manifest, object_metadata

_NAME: Final = "coder-workspace-config"


def workspace_config(
    *, namespace: str, registry_url: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> kubernetes.core.v1.ConfigMap:
    """Create the ConfigMap; `registry_url` is host and port, as image references begin with."""
    manifest = build_workspace_config(namespace, registry_url)
    return kubernetes.core.v1.ConfigMap(
        "workspace-config", metadata=manifest["metadata"], data=manifest["data"], opts=opts
    )


def build_workspace_config(namespace: str, registry_url: pulumi.Input[str]) -> Manifest:
    """Return the ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": object_metadata(_NAME, namespace, "workspaces"),
        "data": {"registry_url": registry_url},
    }
