"""Vaults and items as the functions return them: the official plugin's shape."""

__all__ = ["item_result", "vault_result"]

from collections.abc import Mapping
from typing import Any, Final

from lab.plugins.protocol.values import Properties

_BY_PURPOSE: Final = {"USERNAME": "username", "PASSWORD": "password", "NOTES": "noteValue"}
_BY_LABEL: Final = {
    "username": "username",
    "password": "password",
    "hostname": "hostname",
    "server": "hostname",
    "database": "database",
    "port": "port",
    "type": "type",
    "public key": "publicKey",
    "private key": "privateKey",
}
"""Fields outside of sections that the plugin knows by their label; any other is seen only inside a section."""

_API_CREDENTIAL: Final = "API_CREDENTIAL"
_CREDENTIAL: Final = "credential"


def vault_result(vault: Mapping[str, Any]) -> Properties:
    """Return a vault."""
    identifier = str(vault["id"])
    return {
        "id": f"vaults/{identifier}",
        "uuid": identifier,
        "name": str(vault.get("name", "")),
        "description": str(vault.get("description", "")),
    }


def item_result(item: Mapping[str, Any]) -> Properties:
    """Return an item; nothing in it is marked as secret, as officially: callers have to hide what they take."""
    identifier, vault = str(item["id"]), str(_part(item, "vault").get("id", ""))
    found: Properties = {
        "id": f"vaults/{vault}/items/{identifier}",
        "uuid": identifier,
        "vault": vault,
        "title": str(item.get("title", "")),
        "category": str(item.get("category", "")).lower(),
        "tags": [str(tag) for tag in item.get("tags") or []],
        "sections": [_section(item, section) for section in item.get("sections") or []],
        "files": [],
    }
    for url in item.get("urls") or []:
        if url.get("primary"):
            found["url"] = str(url.get("href", ""))
    for field in item.get("fields") or []:
        name = _attribute(field)
        if name is not None:
            found[name] = str(field.get("value", ""))
        if field.get("id") == _CREDENTIAL and item.get("category") == _API_CREDENTIAL:
            found[_CREDENTIAL] = str(field.get("value", ""))
    return found


def _attribute(field: Mapping[str, Any]) -> str | None:
    """Return the name under which a field stands in the result itself."""
    by_purpose = _BY_PURPOSE.get(str(field.get("purpose", "")))
    if by_purpose is not None:
        return by_purpose
    return None if field.get("section") else _BY_LABEL.get(str(field.get("label", "")))


def _section(item: Mapping[str, Any], section: Mapping[str, Any]) -> Properties:
    inside = [field for field in item.get("fields") or [] if _part(field, "section").get("id") == section.get("id")]
    return {
        "id": str(section.get("id", "")),
        "label": str(section.get("label", "")),
        "fields": [{key: str(field.get(key, "")) for key in _FIELD} for field in inside],
        "files": [],
    }


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = value.get(key)
    return part if isinstance(part, Mapping) else {}


_FIELD: Final = ("id", "label", "purpose", "type", "value")
