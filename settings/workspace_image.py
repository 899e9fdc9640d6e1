"""Settings of the workspace image: whether the stack builds it itself, of what, and where to."""

__all__ = ["WorkspaceImageSettings", "check_workspace_image"]

import re
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from core.config_reader import ConfigReader, SettingsGroup
from core.image_reference import ImageReference, ImageReferenceError
from core.setting_fields import OneLine
from core.setting_values import JsonObject, NameList, SecretText

_ARGUMENT: Final = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_IMAGE: Final = "_IMAGE"
_EMPTY: Final = "scratch"
# Stages of the Dockerfile that make a language image from packages.
_STAGE: Final = re.compile(r"[a-z]+-from-[a-z]+", re.ASCII)
_BASE: Final = '{"BASE_IMAGE": "ubuntu:22.04"}'
_REGISTRY: Final = "registry.example.com"
_AGENTS: Final = "https://git.example.com/team/agents.git"
_COMMIT: Final = "0123456789abcdef0123456789abcdef01234567"


class WorkspaceImageSettings(SettingsGroup):
    """The workspace image, where the stack builds it: which target, what goes into it, and who may push."""

    workspace_image_build: Literal["none", "slim", "full"] = Field(
        default="none",
        description="Target of images/workspace/Dockerfile to build, push and use (slim, full); none: workspaceImage.",
    )
    workspace_image_required: NameList = Field(
        default=(),
        description="Tools without which the image is not built; others may be left out, and are listed.",
        examples=["firecracker"],
    )
    workspace_image_build_args: JsonObject = Field(
        default={}, description="More build arguments, by name, laid over ours; BASE_IMAGE for example."
    )
    workspace_image_push: OneLine = Field(
        default="",
        description="Name by which the deploying machine pushes to the registry; empty for its name in the cluster.",
        examples=[_REGISTRY],
    )
    workspace_image_push_user: OneLine = Field(
        default="", description="User that may push; empty where nobody has to sign in."
    )
    workspace_image_push_password: SecretText = Field(
        default=SecretStr(""), description="Password of that user; a secret."
    )
    workspace_agents_url: OneLine = Field(
        default="",
        description="Git repository of the agent library that goes into the image; empty for none.",
        examples=[_AGENTS],
    )
    workspace_agents_ref: OneLine = Field(
        default="", description="Tag or commit of the agent library.", examples=[_COMMIT]
    )


def check_workspace_image(reader: ConfigReader, image: WorkspaceImageSettings) -> None:
    """Raise SettingsError for a registry that is none, arguments that no build takes, or half of a pair."""
    if image.workspace_image_push and not _is_registry(image.workspace_image_push):
        raise reader.refusal(
            image,
            "workspace_image_push",
            f"a host, with a port if need be, is expected, for example {_REGISTRY}",
            _REGISTRY,
        )
    for name, value in image.workspace_image_build_args.items():
        if _ARGUMENT.fullmatch(name) is None or not isinstance(value, str):
            expected = f"a JSON object of names in capitals with texts is expected, for example {_BASE}"
            raise reader.refusal(image, "workspace_image_build_args", expected, _BASE)
        if name.endswith(_IMAGE) and not _is_fixed(value):
            expected = f"for {name} an image with a fixed tag or a digest is expected, for example {_BASE}"
            raise reader.refusal(image, "workspace_image_build_args", expected, _BASE)
    if image.workspace_image_push_password.get_secret_value():
        reader.require(image, "workspace_image_push_user")
    if image.workspace_agents_url:
        if not urlsplit(image.workspace_agents_url).scheme:
            raise reader.refusal(image, "workspace_agents_url", f"a URL is expected, for example {_AGENTS}", _AGENTS)
        reader.require(image, "workspace_agents_ref")


def _is_registry(text: str) -> bool:
    try:
        return ImageReference.parse(f"{text}/x").registry == text
    except ImageReferenceError:
        return False


def _is_fixed(text: str) -> bool:
    try:
        image = ImageReference.parse(text)
    except ImageReferenceError:
        return False
    return text == _EMPTY or _STAGE.fullmatch(text) is not None or image.effective_tag != "latest"
