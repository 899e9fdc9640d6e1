"""Settings of the device plugin."""

__all__ = ["KvmPluginSettings"]

from pathlib import Path

from pydantic import Field

from jobs.environment import JobSettings


class KvmPluginSettings(JobSettings):
    """What is offered, where, and how often it is looked at."""

    resource: str = Field(
        default="devices.spt-flow.dev/kvm",
        alias="SPT_KVM_RESOURCE",
        pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[a-z0-9]([a-z0-9._-]*[a-z0-9])?$",
        description="The extended resource that stands for /dev/kvm.",
    )
    devices: int = Field(
        default=20, alias="SPT_KVM_DEVICES", ge=1, le=1000, description="How many pods of a node may have it at a time."
    )
    node: str = Field(alias="SPT_KVM_NODE", min_length=1, description="The name of the node this pod runs on.")
    folder: Path = Field(
        default=Path("/var/lib/kubelet/device-plugins"),
        alias="SPT_KVM_FOLDER",
        description="The kubelet's folder for device plugins; it is the same whatever the kubelet's root directory.",
    )
    device: str = Field(default="/dev/kvm", alias="SPT_KVM_DEVICE", description="The device on the node.")
    probe_seconds: float = Field(
        default=30.0, alias="SPT_KVM_PROBE_SECONDS", gt=0, description="How often the device is tried."
    )
