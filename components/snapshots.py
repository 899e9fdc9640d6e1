"""Snapshots of the workspaces' homes: taken every day, kept for a week, tried out every month."""

__all__ = ["HomeSnapshots", "HomeSnapshotsArgs", "job_settings"]

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

from components.bare_object import BareObject
from components.job_rights import declare_account, declare_rights
from components.secret import to_base64
from components.snapshots_manifests import (
    REPOSITORY_NAME,
    SNAPSHOT_CLASS,
    SNAPSHOTS_NAME,
    build_class,
    build_cluster_role,
    build_cluster_role_binding,
    build_cron_job,
    build_drill_cron_job,
    build_password_secret,
    build_repository_claim,
    build_role,
    build_role_binding,
    build_service_account,
)

_PASSWORD_LENGTH = 40


class RepositoryArgs(TypedDict):
    """Where file-by-file snapshots are kept."""

    storage: pulumi.Input[str]
    """Size of the volume."""
    storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of the volume; the cluster's default if left out."""
    protect: bool  # no Input: resource options take none
    """Refuse to delete or replace the volume."""


class HomeSnapshotsArgs(TypedDict):
    """What is snapshotted, how, and for how long."""

    namespace: str  # no Input: names are made of it
    """Namespace the jobs run in."""
    workspace_namespace: str  # no Input: names are made of it
    """Namespace of the homes, of their snapshots, and of the pods that read and write volumes."""
    way: Literal["auto", "csi", "files"]
    """By the storage, file by file, or whichever the cluster can."""
    image: pulumi.Input[str]
    """Image whose entrypoint is `python -m jobs`."""
    schedule: pulumi.Input[str]
    """When it is looked for homes without a snapshot of the day, a cron schedule, UTC."""
    drill_schedule: pulumi.Input[str]
    """When snapshots are tried out."""
    keep_days: int
    """Days for which snapshots are kept."""
    closed_hours: str
    """Days, hours and time zone in which people work, and no drill is held, as a JSON list; empty if there are none."""
    driver: NotRequired[pulumi.Input[str]]
    """CSI driver of the VolumeSnapshotClass; without one there is no class."""
    parameters: NotRequired[Mapping[str, str]]
    """Parameters of the class."""
    repository: NotRequired[RepositoryArgs]
    """Where file-by-file snapshots are kept; without it there are none."""
    home_storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of homes, for the drill's own volumes."""
    pushgateway_url: NotRequired[pulumi.Input[str]]
    """Prometheus Pushgateway for the metrics."""


class HomeSnapshots(pulumi.ComponentResource):
    """Two CronJobs with an account that may make volumes and pods beside them where the workspaces are."""

    name: pulumi.Output[str]
    """Name of the daily CronJob."""

    def __init__(self, name: str, args: HomeSnapshotsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:HomeSnapshots", name, None, opts)
        needed = [*self._rights(name, args), *self._class(name, args), *self._repository(name, args)]
        child = pulumi.ResourceOptions(parent=self, depends_on=needed)
        settings = job_settings(args)
        daily = build_cron_job(args["namespace"], image=args["image"], schedule=args["schedule"], settings=settings)
        kubernetes.batch.v1.CronJob(f"{name}-cronjob", metadata=daily["metadata"], spec=daily["spec"], opts=child)
        drill = build_drill_cron_job(
            args["namespace"], image=args["image"], schedule=args["drill_schedule"], settings=settings
        )
        kubernetes.batch.v1.CronJob(f"{name}-drill-cronjob", metadata=drill["metadata"], spec=drill["spec"], opts=child)
        self.name = pulumi.Output.from_input(SNAPSHOTS_NAME)
        self.register_outputs({"name": self.name})

    def _rights(self, name: str, args: HomeSnapshotsArgs) -> list[pulumi.Resource]:
        by_storage = "driver" in args
        account = declare_account(name, build_service_account(args["namespace"]), pulumi.ResourceOptions(parent=self))
        rights = declare_rights(
            name,
            role=build_role(args["workspace_namespace"], by_storage=by_storage),
            binding=build_role_binding(args["namespace"], args["workspace_namespace"]),
            account=account,
            parent=self,
        )
        if not by_storage:
            return [account, *rights]
        everywhere = declare_rights(
            f"{name}-contents",
            role=build_cluster_role(),
            binding=build_cluster_role_binding(args["namespace"]),
            account=account,
            parent=self,
        )
        return [account, *rights, *everywhere]

    def _class(self, name: str, args: HomeSnapshotsArgs) -> list[pulumi.Resource]:
        if "driver" not in args:
            return []
        manifest = build_class(args["driver"], args.get("parameters", {}))
        # The API changes no class: another one takes its place. Snapshots that are there keep their contents.
        immutable = ["driver", "deletionPolicy", "parameters"]
        made = BareObject(
            f"{name}-class",
            manifest,
            pulumi.ResourceOptions(parent=self, replace_on_changes=immutable, delete_before_replace=True),
        )
        return [made]

    def _repository(self, name: str, args: HomeSnapshotsArgs) -> list[pulumi.Resource]:
        if "repository" not in args:
            return []
        repository, namespace = args["repository"], args["workspace_namespace"]
        manifest = build_repository_claim(
            namespace, storage=repository["storage"], storage_class=repository.get("storage_class")
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-repository-pvc",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, protect=repository["protect"]),
        )
        # Whoever loses the password loses the snapshots: it is protected like the volume.
        password = random.RandomPassword(
            f"{name}-repository-password",
            length=_PASSWORD_LENGTH,
            special=False,
            opts=pulumi.ResourceOptions(parent=self, protect=repository["protect"]),
        ).result
        manifest = build_password_secret(namespace, password.apply(to_base64))
        secret = kubernetes.core.v1.Secret(
            f"{name}-repository-secret",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return [claim, secret]


def job_settings(args: HomeSnapshotsArgs) -> dict[str, pulumi.Input[str]]:
    """Return the jobs' environment variables."""
    settings: dict[str, pulumi.Input[str]] = {
        "SNAPSHOT_IMAGE": args["image"],
        "SNAPSHOT_KEEP_DAYS": str(args["keep_days"]),
        "SNAPSHOT_NAMESPACE": args["workspace_namespace"],
        "SNAPSHOT_WAY": args["way"],
    }
    if args["closed_hours"]:
        settings["BUSINESS_HOURS"] = args["closed_hours"]
    if "driver" in args:
        settings["SNAPSHOT_CLASS"] = SNAPSHOT_CLASS
    if "repository" in args:
        settings["SNAPSHOT_REPOSITORY_CLAIM"] = REPOSITORY_NAME
        settings["SNAPSHOT_REPOSITORY_OPENER"] = REPOSITORY_NAME
    if "home_storage_class" in args:
        settings["SNAPSHOT_STORAGE_CLASS"] = args["home_storage_class"]
    if "pushgateway_url" in args:
        settings["SNAPSHOT_PUSHGATEWAY_URL"] = args["pushgateway_url"]
    return settings
