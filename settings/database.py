"""Settings of Coder's database."""

__all__ = ["DatabaseSettings"]

from pydantic import Field, SecretStr

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, PositiveQuantity, ResourceName, Switch
from core.setting_values import CronSchedule, PositiveNumber, SecretText
from settings.amount import amount


class DatabaseSettings(SettingsGroup):
    """Coder's database: PostgreSQL in the cluster, or one of your own."""

    database_url: SecretText = Field(
        default=SecretStr(""),
        description="URL of a PostgreSQL of your own (postgres://); empty for one in the cluster; a secret.",
    )
    database_image: ImageText = Field(
        default=ImageReference.parse(f"postgres:{versions.POSTGRES}"),
        description="Image of PostgreSQL; not newer than the client in platformToolsImage, which dumps it.",
    )
    database_storage: PositiveQuantity = amount("20Gi", "Size of the database's volume.")
    database_dump_storage: PositiveQuantity = amount("20Gi", "Size of the volume that holds the dumps.")
    database_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of both volumes; empty for the cluster's default.",
        examples=["standard"],
    )
    database_storage_protect: Switch = Field(
        default=True, description="Refuse to delete or replace the volumes until this is set to false."
    )
    database_cpu_request: PositiveQuantity = amount("250m", "CPU set aside for the database.")
    database_cpu_limit: PositiveQuantity = amount("2", "CPU the database may use.")
    database_memory_request: PositiveQuantity = amount("512Mi", "Memory set aside for the database.")
    database_memory_limit: PositiveQuantity = amount("2Gi", "Memory the database may use.")
    database_dump_schedule: CronSchedule = Field(
        default="30 2 * * *", description="When the database is dumped, as a cron schedule."
    )
    database_dump_keep: PositiveNumber = Field(default=7, description="Dumps that are kept.")
