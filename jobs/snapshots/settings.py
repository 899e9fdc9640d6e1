"""What is snapshotted, which way, and for how long, from the job's environment."""

__all__ = ["SnapshotSettings"]

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BeforeValidator, Field

from core.kubernetes_names import is_label, is_subdomain
from jobs.maintenance import MaintenanceSettings
from jobs.snapshots.retention import Rules


def _namespace(value: object) -> str:
    if not isinstance(value, str) or not is_label(value):
        raise ValueError("the name of a namespace is expected, for example coder-workspace")
    return value


def _object(value: object) -> str:
    if not isinstance(value, str) or not is_subdomain(value):
        raise ValueError("the name of an object is expected, for example home-snapshots")
    return value


ObjectName = Annotated[str, BeforeValidator(_object)]


class SnapshotSettings(MaintenanceSettings):
    """Settings of the daily run, of restores and of the drill alike."""

    namespace: Annotated[str, BeforeValidator(_namespace)] = Field(
        default="coder-workspace", alias="SNAPSHOT_NAMESPACE", description="Namespace of the home volumes."
    )
    way: Literal["auto", "csi", "files"] = Field(
        default="auto", alias="SNAPSHOT_WAY", description="csi, files, or auto for what the cluster can do."
    )
    class_name: ObjectName | None = Field(
        default=None, alias="SNAPSHOT_CLASS", description="VolumeSnapshotClass of the snapshots by storage."
    )
    image: str = Field(alias="SNAPSHOT_IMAGE", description="Image of the pods that read and write volumes.")
    repository_claim: ObjectName | None = Field(
        default=None, alias="SNAPSHOT_REPOSITORY_CLAIM", description="Claim of the repository's volume."
    )
    password_secret: ObjectName | None = Field(
        default=None, alias="SNAPSHOT_REPOSITORY_OPENER", description="Secret with the repository's password."
    )
    storage_class: ObjectName | None = Field(
        default=None, alias="SNAPSHOT_STORAGE_CLASS", description="StorageClass of the drill's volumes."
    )
    keep_days: int = Field(default=7, ge=1, le=366, alias="SNAPSHOT_KEEP_DAYS", description="Days that are kept.")
    grace_hours: int = Field(
        default=24, ge=1, alias="SNAPSHOT_GRACE_HOURS", description="Hours after which a failed snapshot goes."
    )
    wait_seconds: float = Field(
        default=900.0, ge=0, alias="SNAPSHOT_WAIT_SECONDS", description="How long one snapshot or restore may take."
    )
    metrics_file: Path | None = Field(
        default=None, alias="SNAPSHOT_METRICS_FILE", description="File for metrics in Prometheus' text format."
    )
    pushgateway_url: AnyHttpUrl | None = Field(
        default=None, alias="SNAPSHOT_PUSHGATEWAY_URL", description="Prometheus Pushgateway for metrics."
    )

    @property
    def rules(self) -> Rules:
        """Return what is kept."""
        return Rules(self.keep_days, timedelta(hours=self.grace_hours))
