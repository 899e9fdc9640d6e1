"""The settings of a template that a push manages, and how each server wants them written."""

__all__ = ["PREMIUM_FIELDS", "TemplateSettings"]

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from sptcoder.api.errors import UnsupportedError
from sptcoder.api.models.deployment import Entitlements
from sptcoder.api.models.template import Template

_TWO_HOURS: Final = 2 * 60 * 60 * 1000
_MONTH: Final = 30 * 24 * 60 * 60 * 1000
_LONGEST_DESCRIPTION: Final = 127

PREMIUM_FIELDS: Final = {
    "failure_ttl_ms": "advanced_template_scheduling",
    "time_til_dormant_ms": "advanced_template_scheduling",
    "time_til_dormant_autodelete_ms": "advanced_template_scheduling",
    "allow_user_autostart": "advanced_template_scheduling",
    "allow_user_autostop": "advanced_template_scheduling",
    "require_active_version": "access_control",
}
"""Fields that a server without the licence for the named feature takes and silently ignores."""

_CREATE_NAMES: Final = {"time_til_dormant_ms": "dormant_ttl_ms", "time_til_dormant_autodelete_ms": "delete_ttl_ms"}
"""POST and PATCH name these two differently."""

# Servers up to 2.29 take a missing boolean for false; unlicensed, what we send here is what holds anyway.
_ALWAYS_SENT: Final = frozenset({"allow_user_autostart", "allow_user_autostop"})


class TemplateSettings(BaseModel):
    """What a template is set to; times are milliseconds, 0 switches off.

    The defaults stop a workspace after two hours without a connection: the time to live alone would not do, since
    Coder's default bump is one hour (coder/coder#10841).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    display_name: str = Field(default="", max_length=64)
    description: str = Field(default="", max_length=_LONGEST_DESCRIPTION)
    icon: str = ""
    default_ttl_ms: int = Field(default=_TWO_HOURS, ge=0, le=_MONTH)
    activity_bump_ms: int = Field(default=_TWO_HOURS, ge=0, le=_MONTH)
    allow_user_cancel_workspace_jobs: bool = True
    allow_user_autostart: bool = True
    allow_user_autostop: bool = True
    failure_ttl_ms: int = Field(default=0, ge=0)
    time_til_dormant_ms: int = Field(default=0, ge=0)
    time_til_dormant_autodelete_ms: int = Field(default=0, ge=0)
    require_active_version: bool = False

    def check_licence(self, entitlements: Entitlements) -> None:
        """Raise UnsupportedError if a premium field is set to what this server would silently ignore."""
        defaults = TemplateSettings()
        ignored = {
            name: feature
            for name, feature in PREMIUM_FIELDS.items()
            if getattr(self, name) != getattr(defaults, name) and not entitlements.allows(feature)
        }
        if ignored:
            fields = ", ".join(sorted(ignored))
            features = " and ".join(sorted(set(ignored.values())))
            raise UnsupportedError(
                f"The template settings {fields} need Coder's licensed feature {features}; this server has it not "
                "and would ignore them without a word. Leave them out, or add the licence."
            )

    def for_update(self, entitlements: Entitlements) -> dict[str, Any]:
        """Return the body of PATCH /templates/{id}: every managed field, also those that are zero.

        Servers up to 2.29 take a field left out for zero; later ones take it for unchanged.
        """
        return {
            name: value
            for name, value in self.model_dump().items()
            if name in _ALWAYS_SENT or name not in PREMIUM_FIELDS or entitlements.allows(PREMIUM_FIELDS[name])
        }

    def for_creation(self, entitlements: Entitlements) -> dict[str, Any]:
        """Return the body of POST /organizations/{id}/templates, but for name and version."""
        return {_CREATE_NAMES.get(name, name): value for name, value in self.for_update(entitlements).items()}

    def hold_on(self, template: Template, entitlements: Entitlements) -> bool:
        """Say whether the template is set so already."""
        return all(getattr(template, name) == value for name, value in self.for_update(entitlements).items())
