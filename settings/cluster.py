"""Which cluster a stack runs on."""

__all__ = ["ClusterSettings"]

from typing import Literal

from pydantic import Field

from core.config_reader import SettingsGroup
from core.setting_fields import AbsolutePath, CidrList, OneLine


class ClusterSettings(SettingsGroup):
    """Which cluster the stack runs on."""

    cluster: Literal["lab", "kubeconfig"] = Field(
        default="kubeconfig", description="lab: the embedded lab, brought up by `make up`; kubeconfig: any cluster."
    )
    kubeconfig_path: AbsolutePath = Field(
        default="~/.kube/config", description="Path of the kubeconfig; the lab sets its own."
    )
    kube_context: OneLine = Field(
        default="",
        description="Context in the kubeconfig; required, so that no cluster is met by accident.",
        examples=["staging"],
    )
    node_cidrs: CidrList = Field(
        default=(),
        description="Networks of the nodes, whose runtimes pull from the registry; required.",
        examples=["10.0.0.0/16"],
    )
    api_server_cidrs: CidrList = Field(
        default=(),
        description="Networks of the API server, which Coder and the reaper talk to; empty for the nodes' own.",
        examples=["10.0.0.0/28"],
    )
    workspace_extra_cidrs: CidrList = Field(
        default=(),
        description="Networks of the nodes or the API server that workspaces may reach all the same.",
        examples=["10.0.3.0/24"],
    )
