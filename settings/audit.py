"""Settings of who may read what was done in the cluster."""

__all__ = ["AuditSettings", "check_audit"]

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.setting_fields import OneLine

_GROUP = "platform-auditors"
_SYSTEM = "system:"


class AuditSettings(SettingsGroup):
    """Who may read the logs of pods, in which the use of sudo stands (docs/audit.md)."""

    audit_reader_group: OneLine = Field(
        default="",
        description=(
            "Group of people who may read the logs of the platform's and the workspaces' pods, as the cluster names "
            "groups; empty for none."
        ),
        examples=[_GROUP, "oidc:auditors"],
    )


def check_audit(reader: ConfigReader, audit: AuditSettings) -> None:
    """Raise SettingsError for a group of the cluster's own, such as everybody who has signed in."""
    if audit.audit_reader_group.startswith(_SYSTEM):
        raise reader.refusal(
            audit,
            "audit_reader_group",
            f"a group of people is expected, for example {_GROUP}; those that begin with {_SYSTEM} are the cluster's",
            _GROUP,
        )
