"""The reaper: a CronJob that deletes CI workspaces past their deadline, and volumes of deleted workspaces."""

__all__ = ["Reaper", "ReaperArgs"]

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.job_rights import declare_account, declare_rights
from components.reaper_manifests import (
    REAPER_NAME,
    build_cron_job,
    build_role,
    build_role_binding,
    build_service_account,
    build_token_secret,
)
from components.secret import to_base64


class ReaperArgs(TypedDict):
    """What the reaper is to be."""

    namespace: str  # no Input: names are made of it
    """Namespace it runs in."""
    workspace_namespace: str  # no Input: names are made of it
    """Namespace of the workspaces' volumes."""
    image: pulumi.Input[str]
    """Image whose entrypoint is `python -m jobs`."""
    schedule: pulumi.Input[str]
    """Cron schedule, UTC."""
    coder_url: pulumi.Input[str]
    """Where the pods reach Coder."""
    token: pulumi.Input[str]
    """Session token of the reaper's own user in Coder; a secret."""
    templates: Sequence[str]
    """Names of the templates whose workspaces have a hard deadline."""
    ttl_minutes: int
    """Life of a workspace that names none."""
    grace_hours: int
    """How long an orphaned volume is kept."""
    dry_run: bool
    """Only say what would be deleted."""
    pushgateway_url: NotRequired[pulumi.Input[str]]
    """Prometheus Pushgateway for the metrics."""


class Reaper(pulumi.ComponentResource):
    """A CronJob with an account that may touch volume claims of the workspaces, and nothing else in the cluster."""

    name: pulumi.Output[str]
    """Name of the CronJob."""

    def __init__(self, name: str, args: ReaperArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Reaper", name, None, opts)
        rights = self._rights(name, args["namespace"], args["workspace_namespace"])
        manifest = build_token_secret(args["namespace"], pulumi.Output.secret(args["token"]).apply(to_base64))
        secret = kubernetes.core.v1.Secret(
            f"{name}-token",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        manifest = build_cron_job(
            args["namespace"], image=args["image"], schedule=args["schedule"], settings=_settings(args)
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-cronjob",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*rights, secret]),
        )
        self.name = pulumi.Output.from_input(REAPER_NAME)
        self.register_outputs({"name": self.name})

    def _rights(self, name: str, namespace: str, workspace_namespace: str) -> list[pulumi.Resource]:
        account = declare_account(name, build_service_account(namespace), pulumi.ResourceOptions(parent=self))
        rights = declare_rights(
            name,
            role=build_role(workspace_namespace),
            binding=build_role_binding(namespace, workspace_namespace),
            account=account,
            parent=self,
        )
        return [account, *rights]


def _settings(args: ReaperArgs) -> dict[str, pulumi.Input[str]]:
    """Return the job's environment variables."""
    settings: dict[str, pulumi.Input[str]] = {
        "CODER_URL": args["coder_url"],
        "REAPER_TEMPLATES": ",".join(args["templates"]),
        "REAPER_NAMESPACE": args["workspace_namespace"],
        "REAPER_DEFAULT_TTL_MINUTES": str(args["ttl_minutes"]),
        "REAPER_GRACE_HOURS": str(args["grace_hours"]),
        "REAPER_DRY_RUN": "true" if args["dry_run"] else "false",
    }
    if "pushgateway_url" in args:
        settings["REAPER_PUSHGATEWAY_URL"] = args["pushgateway_url"]
    return settings
