"""How strictly the policies are taken."""

__all__ = ["PolicySettings"]

from typing import Literal

from pydantic import Field

from core.config_reader import SettingsGroup
from core.setting_fields import ResourceName


class PolicySettings(SettingsGroup):
    """How strictly the policies are taken; their levels and bounds are in policies/config/."""

    policy_undecidable: Literal["report", "fail"] = Field(
        default="report",
        description="What `make policy` makes of a check that waits for a value: report: list it; fail: exit 1.",
    )
    policy_config: ResourceName = Field(
        default="",
        description="Policy configuration, of policies/config/; empty for the one of the stack's name, or else prod's.",
        examples=["prod"],
    )
