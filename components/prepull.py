"""The workspace image kept on every node, and a check that it is: a workspace never waits for a pull."""

__all__ = ["Prepull", "PrepullArgs"]

import json
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.job_rights import declare_account, declare_rights
from components.prepull_manifests import (
    PREPULL_NAME,
    build_account,
    build_cron_job,
    build_daemon_set,
    build_role,
    build_role_binding,
)


class PrepullArgs(TypedDict):
    """What is kept where, and how it is checked."""

    namespace: str  # no Input: names are made of it
    """Namespace of the pods."""
    image: pulumi.Input[str]
    """The workspace image, by digest."""
    node_selector: Mapping[str, str]
    """Labels of the nodes, beside that of their system."""
    tolerations: Sequence[Mapping[str, Any]]
    """Tolerations for the nodes' taints."""
    check_image: pulumi.Input[str]
    """Image whose entrypoint is `python -m jobs`."""
    schedule: pulumi.Input[str]
    """When the nodes are checked, a cron schedule, UTC."""
    wait_minutes: int
    """How long a check gives nodes to pull the image."""
    pushgateway_url: NotRequired[pulumi.Input[str]]
    """Prometheus Pushgateway for the metrics."""


class Prepull(pulumi.ComponentResource):
    """A DaemonSet of the image, and a CronJob that may read nodes, and nothing else in the cluster."""

    name: pulumi.Output[str]
    """Name of the DaemonSet."""

    def __init__(self, name: str, args: PrepullArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Prepull", name, None, opts)
        manifest = build_daemon_set(
            args["namespace"],
            image=args["image"],
            node_selector=args["node_selector"],
            tolerations=args["tolerations"],
        )
        kubernetes.apps.v1.DaemonSet(
            f"{name}-daemonset",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        account = declare_account(
            f"{name}-check", build_account(args["namespace"]), pulumi.ResourceOptions(parent=self)
        )
        rights = declare_rights(
            f"{name}-check",
            role=build_role(),
            binding=build_role_binding(args["namespace"]),
            account=account,
            parent=self,
        )
        check = build_cron_job(
            args["namespace"],
            image=args["check_image"],
            schedule=args["schedule"],
            wait_seconds=args["wait_minutes"] * 60,
            settings=_settings(args, manifest["spec"]["template"]["spec"]),
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-check-cronjob",
            metadata=check["metadata"],
            spec=check["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, *rights]),
        )
        self.name = pulumi.Output.from_input(PREPULL_NAME)
        self.register_outputs({"name": self.name})


def _settings(args: PrepullArgs, pod: Mapping[str, Any]) -> dict[str, pulumi.Input[str]]:
    """Return the check's environment variables: it asks for the image on the very nodes that the pods are for."""
    settings: dict[str, pulumi.Input[str]] = {
        "PREPULL_IMAGE": args["image"],
        "PREPULL_NODE_SELECTOR": json.dumps(pod["nodeSelector"], sort_keys=True),
        "PREPULL_TOLERATIONS": json.dumps(pod["tolerations"], sort_keys=True),
    }
    if "pushgateway_url" in args:
        settings["PREPULL_PUSHGATEWAY_URL"] = args["pushgateway_url"]
    return settings
