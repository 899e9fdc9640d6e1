"""The arguments of the snapshots, out of the stack's settings."""

__all__ = ["declare_snapshots", "snapshots_args"]

import pulumi

from components.network_flows import CODER, WORKSPACES
from components.pushgateway_manifests import pushgateway_url
from components.snapshots import HomeSnapshots, HomeSnapshotsArgs, RepositoryArgs
from settings import Settings


def declare_snapshots(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Have homes snapshotted if the stack's settings say so."""
    args = snapshots_args(settings)
    if args is not None:
        HomeSnapshots("home-snapshots", args, opts)


def snapshots_args(settings: Settings) -> HomeSnapshotsArgs | None:
    """Return the arguments, None if there are no snapshots."""
    snapshots = settings.snapshots
    way = snapshots.home_snapshots
    if way == "none":
        return None
    args: HomeSnapshotsArgs = {
        "namespace": CODER,
        "workspace_namespace": WORKSPACES,
        "way": way,
        "image": str(settings.reaper.platform_tools_image),
        "schedule": snapshots.snapshot_schedule,
        "drill_schedule": snapshots.snapshot_drill_schedule,
        "keep_days": snapshots.snapshot_keep_days,
        "closed_hours": settings.deployment.closed_hours_text(),
    }
    if way != "files" and snapshots.snapshot_driver:
        args["driver"] = snapshots.snapshot_driver
        args["parameters"] = {key: str(value) for key, value in snapshots.snapshot_parameters.items()}
    if way != "csi":
        repository: RepositoryArgs = {
            "storage": str(snapshots.snapshot_repository_storage),
            "protect": snapshots.snapshot_repository_protect,
        }
        if snapshots.snapshot_repository_storage_class:
            repository["storage_class"] = snapshots.snapshot_repository_storage_class
        args["repository"] = repository
    if settings.templates.workspace_storage_class:
        args["home_storage_class"] = settings.templates.workspace_storage_class
    if url := pushgateway_url(settings):
        args["pushgateway_url"] = url
    return args
