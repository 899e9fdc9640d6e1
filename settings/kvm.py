"""Settings of /dev/kvm as a resource of nodes."""

__all__ = ["KvmSettings", "check_kvm"]

import re
from typing import Final, Literal

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.image_reference import ImageReference, ImageReferenceError
from core.setting_fields import OneLine
from core.setting_values import PositiveNumber

_RESOURCE: Final = re.compile(
    r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?",
    re.ASCII,
)
_EXAMPLE: Final = "devices.spt-flow.dev/kvm"
_GENERIC: Final = "squat.ai/kvm"
_PLUGIN_IMAGE: Final = "registry.example.com/tools/generic-device-plugin:1.0"


class KvmSettings(SettingsGroup):
    """`/dev/kvm` in workspaces: the resource, what offers it, and how much of it there is."""

    kvm_resource: OneLine = Field(
        default="",
        description="Extended resource that gives a workspace /dev/kvm; empty if there is none.",
        examples=[_EXAMPLE],
    )
    kvm_plugin: Literal["none", "builtin", "generic"] = Field(
        default="none",
        description="Device plugin to install: the platform's own (builtin), generic-device-plugin, or none.",
    )
    kvm_plugin_image: OneLine = Field(
        default="",
        description="Image of generic-device-plugin.",
        examples=[_PLUGIN_IMAGE],
    )
    kvm_devices_per_node: PositiveNumber = Field(
        default=20, description="Pods of a node that may have /dev/kvm at a time."
    )
    kvm_quota: PositiveNumber = Field(
        default=20, description="Workspaces that may have /dev/kvm at a time; all other namespaces may have none."
    )


def check_kvm(reader: ConfigReader, kvm: KvmSettings) -> None:
    """Raise SettingsError for a resource that is no name of one, or a plugin that lacks what it needs."""
    if kvm.kvm_resource and _RESOURCE.fullmatch(kvm.kvm_resource) is None:
        raise reader.refusal(kvm, "kvm_resource", f"a name with a domain is expected, for example {_EXAMPLE}", _EXAMPLE)
    if kvm.kvm_plugin == "none":
        return
    expected = _EXAMPLE if kvm.kvm_plugin == "builtin" else _GENERIC
    if not kvm.kvm_resource:
        raise reader.refusal(
            kvm, "kvm_resource", f"the name to offer is expected, since kvmPlugin is set: {expected}", expected
        )
    if kvm.kvm_plugin == "generic":
        reader.require(kvm, "kvm_plugin_image")
        if not _is_pinned(kvm.kvm_plugin_image):
            raise reader.refusal(
                kvm, "kvm_plugin_image", "an image with a fixed tag or a digest is expected", _PLUGIN_IMAGE
            )
        if not kvm.kvm_resource.endswith("/kvm"):
            raise reader.refusal(
                kvm, "kvm_resource", "a name that ends in /kvm is expected, since kvmPlugin is generic", _GENERIC
            )


def _is_pinned(text: str) -> bool:
    try:
        image = ImageReference.parse(text)
    except ImageReferenceError:
        return False
    return image.digest is not None or image.effective_tag != "latest"
