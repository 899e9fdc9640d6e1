"""Which item of 1Password stands for which setting."""

__all__ = ["POD_SETTINGS", "PROGRAM_SETTINGS", "SecretItem", "SecretItems", "WorkspaceItems"]

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from core.kubernetes_names import is_subdomain

POD_SETTINGS: Final = ("coderConnectToken", "coderGithubClientSecret", "databaseUrl")
"""Settings that pods alone read: their Secrets may come from somebody else than the program."""

PROGRAM_SETTINGS: Final = ("coderGithubClientId", *POD_SETTINGS, "workspaceImagePushPassword")
"""Settings that may come from items at all. What opens 1Password itself is not among them."""

_PARTS: Final = ("item", "field", "vault")
_LONGEST: Final = 256
_EXAMPLE: Final = '{"coderGithubClientSecret": "coder-github"}'


@dataclass(frozen=True)
class SecretItem:
    """One field of an item; an empty `field` is `credential`, or else `password`, an empty `vault` the stack's."""

    item: str
    field: str = ""
    vault: str = ""


def _object(value: object) -> Mapping[Any, Any] | None:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None


def _items(value: object) -> Mapping[str, SecretItem]:
    found = _object(value)
    if found is None:
        raise ValueError(f"a JSON object of settings and items is expected, for example {_EXAMPLE}")
    unknown = sorted(str(key) for key in found if key not in PROGRAM_SETTINGS)
    if unknown:
        raise ValueError(f"{unknown[0]!r} cannot come from an item; these can: {', '.join(PROGRAM_SETTINGS)}")
    return {key: _item(key, entry) for key, entry in found.items()}


def _workspace_items(value: object) -> Mapping[str, SecretItem]:
    found = _object(value)
    if found is None or not all(isinstance(key, str) and is_subdomain(key) for key in found):
        raise ValueError(
            'a JSON object of names of Secrets and items is expected, for example {"claude-code": "claude-code"}'
        )
    return {key: _item(key, entry) for key, entry in found.items()}


def _item(key: str, entry: object) -> SecretItem:
    if isinstance(entry, SecretItem):
        return entry
    parts: Mapping[Any, Any] = entry if isinstance(entry, Mapping) else {"item": entry}
    if not (set(parts) <= set(_PARTS) and parts.get("item") and all(map(_is_name, parts.values()))):
        raise ValueError(
            f"for {key} the title or identifier of an item is expected, or an object with item, field and vault, "
            'for example {"item": "coder-github", "field": "client secret"}'
        )
    return SecretItem(**parts)


def _is_name(value: object) -> bool:
    """Say whether a text can be looked up: the server's own filter has no way to write a quotation mark."""
    plain = isinstance(value, str) and value.isprintable() and value == value.strip() and '"' not in value
    return plain and 0 < len(str(value)) <= _LONGEST


SecretItems = Annotated[Mapping[str, SecretItem], BeforeValidator(_items)]
"""Items by the setting they stand for, as a JSON object of titles, or of objects with item, field and vault."""

WorkspaceItems = Annotated[Mapping[str, SecretItem], BeforeValidator(_workspace_items)]
"""Items by the Secret that the operator makes of them, as a JSON object like that of SecretItems."""
