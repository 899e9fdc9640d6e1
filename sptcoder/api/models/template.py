"""Templates and their versions."""

__all__ = [
    "ArchiveAnswer",
    "Preset",
    "RichParameter",
    "Template",
    "TemplateVersion",
    "UploadAnswer",
    "VersionVariable",
]

from typing import Annotated

from pydantic import AliasChoices, Field

from sptcoder.api.models.base import ApiModel, NullableList, ZeroTime
from sptcoder.api.models.job import Job


class Template(ApiModel):
    """A template; times are milliseconds."""

    id: str
    name: str
    organization_id: str
    active_version_id: str
    display_name: str = ""
    description: str = ""
    icon: str = ""
    deprecated: bool = False
    deprecation_message: str = ""
    default_ttl_ms: int = 0
    activity_bump_ms: int = 0
    allow_user_autostart: bool = True
    allow_user_autostop: bool = True
    allow_user_cancel_workspace_jobs: bool = True
    failure_ttl_ms: int = 0
    time_til_dormant_ms: int = 0
    time_til_dormant_autodelete_ms: int = 0
    require_active_version: bool = False
    active_user_count: int = -1


class TemplateVersion(ApiModel):
    """A version of a template; `template_id` is None until a template is made of it."""

    id: str
    name: str
    job: Job
    organization_id: str = ""
    template_id: str | None = None
    message: str = ""
    archived: bool = False
    created_at: ZeroTime = None
    readme: str = ""


class VersionVariable(ApiModel):
    """A Terraform variable of a version; the value of a sensitive one is not told."""

    name: str
    description: str = ""
    type: str = "string"
    value: str = ""
    default_value: str = ""
    required: bool = False
    sensitive: bool = False


class RichParameter(ApiModel):
    """A `coder_parameter` of a version."""

    name: str
    display_name: str = ""
    description: str = ""
    type: str = "string"
    mutable: bool = False
    required: bool = False
    default_value: str = ""


class PresetParameter(ApiModel):
    """A value a preset gives to a parameter."""

    name: str = Field(validation_alias=AliasChoices("Name", "name"))
    value: str = Field(validation_alias=AliasChoices("Value", "value"))


class Preset(ApiModel):
    """A preset of a version; the server writes these keys with capitals (Go names), newer ones may not."""

    id: str = Field(validation_alias=AliasChoices("ID", "id"))
    name: str = Field(validation_alias=AliasChoices("Name", "name"))
    is_default: bool = Field(default=False, validation_alias=AliasChoices("Default", "default"))
    parameters: Annotated[tuple[PresetParameter, ...], NullableList] = Field(
        default=(), validation_alias=AliasChoices("Parameters", "parameters")
    )


class UploadAnswer(ApiModel):
    """An uploaded archive: `hash` is the id of the file."""

    hash: str


class ArchiveAnswer(ApiModel):
    """Which versions were archived."""

    archived_ids: Annotated[tuple[str, ...], NullableList] = ()
