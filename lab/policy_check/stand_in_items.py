"""Items of 1Password for a preview that asks nobody: whatever the settings name is there, and holds a stand-in."""

__all__ = ["StandInVaults"]

from typing import Any, Final

from lab.policy_check.stand_in_secrets import stand_in
from settings import PROJECT, SecretSourceSettings

_VAULT: Final = "standinvault"
_LENGTH: Final = 26
_CREDENTIAL: Final = "credential"


class StandInVaults:
    """Every vault, and in each the items of the settings; titles and identifiers stand for themselves."""

    def __init__(self, source: SecretSourceSettings) -> None:
        self._items = source.secrets_items

    def vaults_by_name(self, name: str) -> list[dict[str, Any]]:
        """Return one vault of this name."""
        return [{"id": _VAULT.ljust(_LENGTH, "0"), "name": name}]

    def vault(self, identifier: str) -> dict[str, Any]:
        """Return the vault."""
        return {"id": identifier, "name": identifier}

    def items_by_title(self, vault: str, title: str) -> list[dict[str, Any]]:
        """Return one item of this title."""
        return [{"id": title, "vault": {"id": vault}}]

    def item(self, vault: str, identifier: str) -> dict[str, Any]:
        """Return the item with the fields that settings ask of it, each a value that its setting takes."""
        sections: dict[str, dict[str, str]] = {}
        fields: dict[str, dict[str, Any]] = {}
        for key, item in self._items.items():
            if item.item == identifier:
                section, _, label = (item.field or _CREDENTIAL).rpartition(".")
                shown = sections.setdefault(section, {"id": f"section-{section}", "label": section})
                value = stand_in(f"{PROJECT}:{key}")
                fields.setdefault(f"{section}.{label}", {"id": label, "label": label, "value": value, "section": shown})
        return {
            "id": identifier,
            "title": identifier,
            "vault": {"id": vault},
            "sections": list(sections.values()),
            "fields": list(fields.values()),
        }
