"""The platform's and the workspaces' logs, sent from every node to where they are kept: Fluent Bit."""

__all__ = ["LogCollector", "LogCollectorArgs"]

from collections.abc import Sequence
from typing import TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.job_rights import declare_account, declare_rights
from components.logs_config import LogOutput, build_log_config
from components.logs_manifests import (
    LOG_COLLECTOR,
    build_account,
    build_config_map,
    build_daemon_set,
    build_role,
    build_role_binding,
)


class LogCollectorArgs(TypedDict):
    """Whose logs are collected, and where they go."""

    namespace: str  # no Input: names are made of it
    """Namespace of the collector's pods; its Pod Security level has to let them see the node's logs."""
    sources: Sequence[str]  # no Input: names are made of them
    """Namespaces whose logs are collected."""
    stack: str
    """Name of the stack; each line carries it."""
    image: pulumi.Input[str]
    """Fluent Bit's image."""
    output: LogOutput
    """Where lines go."""
    credentials_secret: str
    """Secret of the namespace with username and password for the host; empty if it asks for none."""


class LogCollector(pulumi.ComponentResource):
    """A pod on every node that reads the log files, with the right to look at the pods they belong to."""

    name: pulumi.Output[str]
    """Name of the DaemonSet."""

    def __init__(self, name: str, args: LogCollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:LogCollector", name, None, opts)
        namespace, child = args["namespace"], pulumi.ResourceOptions(parent=self)
        account = declare_account(name, build_account(namespace), child)
        needed: list[pulumi.Resource] = [account]
        for source in args["sources"]:
            needed += declare_rights(
                f"{name}-{source}",
                role=build_role(source),
                binding=build_role_binding(source, namespace),
                account=account,
                parent=self,
            )
        config = build_log_config(args["stack"], args["sources"], args["output"], own_name=LOG_COLLECTOR)
        manifest = build_config_map(namespace, config)
        needed.append(
            kubernetes.core.v1.ConfigMap(
                f"{name}-config", metadata=manifest["metadata"], data=manifest["data"], opts=child
            )
        )
        manifest = build_daemon_set(
            namespace, image=args["image"], config=config, credentials_secret=args["credentials_secret"]
        )
        kubernetes.apps.v1.DaemonSet(
            f"{name}-daemonset",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )
        self.name = pulumi.Output.from_input(LOG_COLLECTOR)
        self.register_outputs({"name": self.name})
