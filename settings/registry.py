"""Settings of the container registry."""

__all__ = ["RegistrySettings"]

from pydantic import Field

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, IpAddress, PositiveQuantity, ResourceName, Switch
from settings.amount import amount


class RegistrySettings(SettingsGroup):
    """The container registry inside the cluster."""

    registry_image: ImageText = Field(
        default=ImageReference.parse(f"registry:{versions.REGISTRY}"),
        description="Image of the registry (distribution 3.x).",
    )
    registry_storage: PositiveQuantity = amount("100Gi", "Size of the volume that holds the images.")
    registry_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of the volume; empty for the cluster's default.",
        examples=["standard"],
    )
    registry_storage_protect: Switch = Field(
        default=True, description="Refuse to delete or replace the volume until this is set to false."
    )
    registry_cluster_ip: IpAddress = Field(
        default="",
        description="Fixed address of the registry's Service; empty to let the cluster choose.",
        examples=["10.96.0.50"],
    )
    registry_cpu_request: PositiveQuantity = amount("100m", "CPU set aside for the registry.")
    registry_cpu_limit: PositiveQuantity = amount("1", "CPU the registry may use.")
    registry_memory_request: PositiveQuantity = amount("128Mi", "Memory set aside for the registry.")
    registry_memory_limit: PositiveQuantity = amount("1Gi", "Memory the registry may use.")
