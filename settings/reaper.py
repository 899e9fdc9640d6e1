"""Settings of the job that deletes workspaces past their deadline, and of the image all jobs run in."""

__all__ = ["ReaperSettings"]

from pydantic import Field

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, Switch
from core.setting_urls import AccessUrl
from core.setting_values import CronSchedule, PositiveNumber


class ReaperSettings(SettingsGroup):
    """The reaper, which deletes workspaces past their deadline, and the image that all jobs run in."""

    platform_tools_image: ImageText = Field(
        default=ImageReference.parse(
            f"registry.coder.svc.cluster.local:5000/spt-flow/platform-tools:{versions.PLATFORM}"
        ),
        description="Image of the platform's own jobs.",
    )
    reaper_schedule: CronSchedule = Field(
        default="*/5 * * * *", description="When the reaper runs, as a cron schedule."
    )
    reaper_dry_run: Switch = Field(default=True, description="Only say what would be deleted.")
    reaper_grace_hours: PositiveNumber = Field(
        default=24, description="Hours for which a volume whose workspace is gone is kept."
    )
    reaper_pushgateway_url: AccessUrl = Field(
        default="",
        description="Prometheus Pushgateway for the jobs' metrics, at port 80 or 443; empty for the log alone.",
        examples=["https://pushgateway.example.com"],
    )
