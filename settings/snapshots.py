"""Settings of the snapshots of home volumes."""

__all__ = ["SnapshotSettings", "check_snapshots"]

from typing import Literal

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.setting_fields import PositiveQuantity, ResourceName, Switch
from core.setting_values import CronSchedule, JsonObject, PositiveNumber
from settings.amount import amount

_DRIVER = "ebs.csi.aws.com"


class SnapshotSettings(SettingsGroup):
    """Snapshots of homes: whether and how they are made, how long they are kept, and when they are tried out."""

    home_snapshots: Literal["none", "auto", "csi", "files"] = Field(
        default="none",
        description=(
            "How homes are snapshotted: csi: by the storage; files: file by file into a repository in the cluster; "
            "auto: by the storage if the cluster can, else file by file; none: not at all."
        ),
    )
    snapshot_driver: ResourceName = Field(
        default="",
        description="CSI driver of the homes' StorageClass, for the VolumeSnapshotClass; empty if there is none.",
        examples=[_DRIVER],
    )
    snapshot_parameters: JsonObject = Field(
        default={}, description="Parameters of the VolumeSnapshotClass, as the driver knows them."
    )
    snapshot_schedule: CronSchedule = Field(
        default="17 */4 * * *",
        description=(
            "When homes without a snapshot of the day get one, as a cron schedule: several times a day, so that "
            "neither a new home nor one whose snapshot failed waits for tomorrow."
        ),
    )
    snapshot_keep_days: PositiveNumber = Field(
        default=7, description="Days for which snapshots are kept, also those of volumes that are gone."
    )
    snapshot_drill_schedule: CronSchedule = Field(
        default="47 3 1 * *",
        description=(
            "When snapshots are restored to try them out, as a cron schedule; never in business hours "
            "(maintenanceWindow)."
        ),
    )
    snapshot_repository_storage: PositiveQuantity = amount("100Gi", "Size of the volume of file-by-file snapshots.")
    snapshot_repository_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of that volume, best of other disks than the homes'; empty for the default.",
        examples=["standard"],
    )
    snapshot_repository_protect: Switch = Field(
        default=True, description="Refuse to delete or replace that volume until this is set to false."
    )


def check_snapshots(reader: ConfigReader, snapshots: SnapshotSettings) -> None:
    """Raise SettingsError for snapshots by the storage without its driver."""
    if snapshots.home_snapshots == "csi" and not snapshots.snapshot_driver:
        raise reader.refusal(
            snapshots,
            "snapshot_driver",
            f"homeSnapshots is csi, and that needs a driver, for example {_DRIVER}",
            _DRIVER,
        )
