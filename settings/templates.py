"""Settings of the workspace templates and their push."""

__all__ = ["TemplateSettings"]

from typing import Literal

from pydantic import Field

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, OneLine, PositiveQuantity, ResourceName, Switch
from core.setting_values import JsonObject, PositiveNumber
from settings.amount import amount


class TemplateSettings(SettingsGroup):
    """The workspace templates: what they are filled with when they are pushed."""

    workspace_image: ImageText = Field(
        default=ImageReference.parse(f"registry.coder.svc.cluster.local:5000/spt-flow/workspace:{versions.PLATFORM}"),
        description="Image of a workspace that names no other.",
    )
    workspace_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of home volumes; empty for the cluster's default.",
        examples=["standard"],
    )
    workspace_home_storage: PositiveQuantity = amount("20Gi", "Size of a home volume that names no other.")
    workspace_volume_max: PositiveQuantity = amount("100Gi", "Largest volume a workspace may ask for.")
    workspace_storage_protect: Switch = Field(
        default=True,
        description="Refuse to delete the workspaces' namespace, and every home with it, until this is set to false.",
    )
    workspace_image_pull_policy: Literal["IfNotPresent", "Always", "Never"] = Field(
        default="IfNotPresent", description="When nodes pull the images of workspaces."
    )
    workspace_agent_url: OneLine = Field(
        default="",
        description="Where agents reach Coder, if not at the access URL.",
        examples=["http://coder.coder.svc.cluster.local"],
    )
    workspace_idle_hours: PositiveNumber = Field(
        default=2, description="Hours without a connection after which a workspace stops."
    )
    ci_ttl_minutes: PositiveNumber = Field(
        default=30, description="Minutes after which a CI workspace is stopped and then deleted, used or not."
    )
    envbuilder_image: ImageText = Field(
        default=ImageReference.parse(f"ghcr.io/coder/envbuilder:{versions.ENVBUILDER}"),
        description="Image that builds dev containers.",
    )
    template_modules: Switch = Field(
        default=True, description="Coder's module registry can be reached when a template is pushed."
    )
    template_claude: Literal["none", "agent", "tasks"] = Field(
        default="agent",
        description="Claude Code in dev containers: none, module 5 (agent), or module 4 with Coder's tasks (tasks).",
    )
    template_cached_image: Switch = Field(
        default=False, description="Dev containers start from the image the last build pushed, where there is one."
    )
    template_onepassword: Switch = Field(
        default=False, description="Dev containers read their secrets from 1Password Connect while they are planned."
    )
    template_smoke: Switch = Field(
        default=True, description="Start a workspace from a new template version before it becomes the active one."
    )
    template_variables: JsonObject = Field(
        default={}, description="More template variables, by template name and variable name, laid over ours."
    )
