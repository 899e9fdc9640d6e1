"""Where vaults and items are looked up, and what is said when one is not found; the words are the official plugin's."""

__all__ = ["LookupFailedError", "Vaults", "find_item", "find_vault", "is_identifier"]

import re
from typing import Any, Final, Protocol

from core.errors import SptFlowError

_IDENTIFIER: Final = re.compile(r"[a-z0-9]{26}", re.ASCII)


class LookupFailedError(SptFlowError):
    """A vault or an item could not be read; the sentence says which, and what the server answered."""


class Vaults(Protocol):
    """What a Connect server answers, as its JSON; each method raises LookupFailedError if it answers otherwise."""

    def vaults_by_name(self, name: str) -> list[dict[str, Any]]:
        """Return the vaults of this name."""

    def vault(self, identifier: str) -> dict[str, Any]:
        """Return one vault."""

    def items_by_title(self, vault: str, title: str) -> list[dict[str, Any]]:
        """Return the items of this title, without their fields; `vault` is an identifier."""

    def item(self, vault: str, identifier: str) -> dict[str, Any]:
        """Return one item with its fields; `vault` is an identifier."""


def is_identifier(text: str) -> bool:
    """Say whether a text has the form of a 1Password identifier; anything else is a name or a title."""
    return _IDENTIFIER.fullmatch(text) is not None


def find_vault(vaults: Vaults, *, name: str, identifier: str) -> dict[str, Any]:
    """Return the vault with this identifier or, without one, of this name; raise LookupFailedError."""
    if identifier:
        if is_identifier(identifier):
            return vaults.vault(identifier)
        return _only_vault(vaults, identifier)
    found = vaults.vaults_by_name(name)
    if not found:
        raise LookupFailedError(f"No vault found with name '\"{name}\"'")
    if len(found) > 1:
        raise LookupFailedError(f"Multiple vaults found with name '\"{name}\"'")
    return vaults.vault(str(found[0]["id"]))


def find_item(vaults: Vaults, *, vault: str, title: str, identifier: str) -> dict[str, Any]:
    """Return the item of this title or, without one, with this identifier; raise LookupFailedError.

    A text that is no identifier is looked up as a title, and one for the vault as its name, as officially.
    """
    if not (title or identifier):
        raise LookupFailedError("uuid or title must be set")
    place = vault if is_identifier(vault) else str(_only_vault(vaults, vault)["id"])
    if not title and is_identifier(identifier):
        return vaults.item(place, identifier)
    wanted = title or identifier
    found = vaults.items_by_title(place, wanted)
    if len(found) != 1:
        raise LookupFailedError(f'Found {len(found)} item(s) in vault "{place}" with title "{wanted}"')
    return vaults.item(place, str(found[0]["id"]))


def _only_vault(vaults: Vaults, name: str) -> dict[str, Any]:
    if not name:
        raise LookupFailedError("Please provide either the vault name or its ID.")
    found = vaults.vaults_by_name(name)
    if len(found) != 1:
        raise LookupFailedError(f'Found {len(found)} vaults with title "{name}"')
    return found[0]
