"""Settings of the registry's garbage collection."""

__all__ = ["RegistryGcSettings"]

from pydantic import Field

from core.config_reader import SettingsGroup
from core.setting_fields import Switch
from core.setting_values import CronSchedule, ImagePatterns, PositiveNumber


class RegistryGcSettings(SettingsGroup):
    """The registry's garbage: whether and when it is collected, and which tags stay."""

    registry_gc: Switch = Field(
        default=True,
        description="Collect the registry's garbage; it is closed for some seconds then, if there is any.",
    )
    registry_gc_schedule: CronSchedule = Field(
        default="0 2 * * *",
        description="When that is done, as a cron schedule; never in business hours (maintenanceWindow).",
    )
    registry_gc_dry_run: Switch = Field(default=False, description="Only say what would be removed; nothing is closed.")
    registry_gc_guard_schedule: CronSchedule = Field(
        default="*/5 * * * *",
        description="When it is looked whether a collection has died and left the registry closed, as a cron schedule.",
    )
    registry_gc_keep_tags: PositiveNumber = Field(
        default=10, description="Tags of each repository that stay, the newest; images in use stay besides."
    )
    registry_gc_keep_days: PositiveNumber = Field(
        default=30, description="Days for which a tag stays, however many newer ones there are."
    )
    registry_gc_protected: ImagePatterns = Field(
        default=(),
        description="Patterns of repository:tag that always stay, with * and ?.",
        examples=["spt-flow/*:v*"],
    )
    registry_gc_deadline_minutes: PositiveNumber = Field(
        default=60, description="Minutes after which a collection is ended, and the registry opened again."
    )
