"""Items of 1Password read through a Connect server while the program runs, before it declares anything."""

__all__ = ["FIELDS", "look_up"]

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pulumi

import versions
from core.errors import UsageError
from settings import SecretSourceSettings
from settings.secret_items import SecretItem

if TYPE_CHECKING:
    from pulumi_onepassword.get_item import GetItemResult

FIELDS: Final = ("credential", "password")
"""What is taken of an item that says no field: the first that has a value."""

_ATTRIBUTES: Final = {
    **{name: name for name in (*FIELDS, "username", "url", "hostname", "port", "database", "type")},
    "notes": "note_value",
    "public key": "public_key",
    "private key": "private_key",
}
"""Fields outside of sections, by their label in 1Password; the SDK has no others."""

_IDENTIFIER: Final = re.compile(r"[a-z0-9]{26}", re.ASCII)
_SERVER: Final = "github://api.github.com/1Password/pulumi-onepassword"
_INSTALL: Final = f"pulumi plugin install resource onepassword {versions.PULUMI_ONEPASSWORD} --server {_SERVER}"
_LONGEST: Final = 300


def look_up(source: SecretSourceSettings, fields: tuple[str, ...] = FIELDS) -> dict[str, str]:
    """Return the value of each item's field, by the key of the setting it stands for.

    Of an item that says no field the first of `fields` is taken that has a value.
    Raise UsageError for a server that does not answer or refuses, and for a vault, an item or a field that is not
    there, is empty or not the only one of its name. Values come in clear: whoever takes one has to hide it.
    """
    lookup = _Lookup(source, fields)
    return {key: lookup.value(key, item) for key, item in sorted(source.secrets_items.items())}


class _Lookup:
    """One server; each vault and each item is asked for once."""

    def __init__(self, source: SecretSourceSettings, fields: tuple[str, ...]) -> None:
        # Only stacks that ask 1Password pay for the import.
        import pulumi_onepassword as onepassword  # noqa: PLC0415 - see above

        self._sdk: Any = onepassword
        self._url, self._vault, self._default = source.connect_url, source.secrets_vault, fields
        provider = onepassword.Provider(
            "onepassword",
            url=source.connect_url,
            token=pulumi.Output.secret(source.connect_token.get_secret_value()),
            # Nothing of the shell's: variables for another account would change who is asked, and stay in the state.
            account="",
            service_account_token="",
            op_cli_path="op",
        )
        self._options = pulumi.InvokeOptions(provider=provider)
        self._vaults: dict[str, str] = {}
        self._items: dict[tuple[str, str], GetItemResult] = {}

    def value(self, key: str, item: SecretItem) -> str:
        vault = item.vault or self._vault
        if vault not in self._vaults:
            self._vaults[vault] = self._vault_identifier(vault)
        if (vault, item.item) not in self._items:
            self._items[vault, item.item] = self._item(key, vault, item.item)
        wanted = (item.field,) if item.field else self._default
        named = [text for label, text in _fields(self._items[vault, item.item]) if label in wanted]
        found = [text for text in named if text]
        if not item.field:
            found = found[:1]
        if len(found) == 1:
            return found[0]
        shown = f"field {' or '.join(map(repr, wanted))}"
        trouble = f"has {len(found)} of it" if found else "has none with a value"
        where = f"the {shown} of the item {item.item!r} in the vault {vault!r}"
        raise UsageError(
            f"The setting {key} comes from {where}, which {trouble}.",
            next_command=f"pulumi config set --path 'spt-flow:secretsItems.{key}.field' '<section>.<label>'",
        )

    def _vault_identifier(self, vault: str) -> str:
        query = {"uuid": vault} if _IDENTIFIER.fullmatch(vault) else {"name": vault}
        try:
            return str(self._sdk.get_vault(**query, opts=self._options).uuid)
        except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
            raise self._refusal(f"The vault {vault!r}", error) from None

    def _item(self, key: str, vault: str, item: str) -> "GetItemResult":
        query = {"uuid": item} if _IDENTIFIER.fullmatch(item) else {"title": item}
        try:
            found: GetItemResult = self._sdk.get_item(vault=self._vaults[vault], **query, opts=self._options)
        except Exception as error:  # noqa: BLE001 - as above
            raise self._refusal(f"The item {item!r} of the vault {vault!r}, for the setting {key},", error) from None
        return found

    def _refusal(self, what: str, error: Exception) -> UsageError:
        reason = _reason(str(error))
        command = _INSTALL if "plugin" in reason else f"curl --fail {self._url}/health"
        return UsageError(
            f"{what} could not be read from 1Password Connect at {self._url}, so nothing was changed: {reason}",
            next_command=command,
        )


def _fields(item: "GetItemResult") -> Iterator[tuple[str, str]]:
    """Yield label and value of each field; one of a section under its label alone, and behind the section's."""
    for label, attribute in _ATTRIBUTES.items():
        yield label, str(getattr(item, attribute) or "")
    for section in item.sections or ():
        for field in _entries(section):
            label, value = str(field["label"]), str(field["value"])
            yield label, value
            yield f"{_get(section, 'label')}.{label}", value


def _entries(section: object) -> list[Mapping[str, object]]:
    """Return label and value of a section's fields; some versions of the SDK give objects, some dictionaries."""
    fields = _get(section, "fields")
    listed = fields if isinstance(fields, list | tuple) else ()
    return [{part: _get(field, part) for part in ("label", "value")} for field in listed]


def _get(holder: object, name: str) -> object:
    found = holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
    return "" if found is None else found


def _reason(text: str) -> str:
    """Return what the plugin said, as the end of one sentence, without line breaks and what others say around it."""
    said = " ".join(text.split())
    for mark in ("returned an error: ", "Client Error: ", "Client init failure: ", "got error: "):
        said = said.rpartition(mark)[2]
    return f"{said[:_LONGEST].rstrip('.')}."
