"""Exemptions: one named object, one rule, a reason, and the day they end."""

__all__ = ["EXEMPTIONS_SCHEMA", "Exemption"]

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

EXEMPTIONS_SCHEMA: Final = {
    "type": "array",
    "default": [],
    "items": {
        "type": "object",
        "required": ["resource", "reason", "expires"],
        "additionalProperties": False,
        "properties": {
            # Kind and name, the name after its namespace if it has one: "DaemonSet spt-system/kvm-device-plugin".
            "resource": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]* [^ *]+$"},
            "reason": {"type": "string", "minLength": 10},
            "expires": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        },
    },
}
"""JSON schema of a rule's exemptions; there are no wildcards."""


@dataclass(frozen=True)
class Exemption:
    """One exemption of a rule: valid up to and including `expires`."""

    resource: str
    reason: str
    expires: dt.date

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read one that the schema has let through; raise ValueError if the date is none."""
        return cls(config["resource"], config["reason"], dt.date.fromisoformat(config["expires"]))

    def has_expired(self, today: dt.date) -> bool:
        """Say whether the exemption no longer holds."""
        return today > self.expires
