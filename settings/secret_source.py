"""Settings of where secrets come from: the stack's own configuration, 1Password Connect, or 1Password's operator."""

__all__ = ["SecretSourceSettings", "check_secret_source"]

from collections.abc import Iterable
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic.alias_generators import to_camel

import versions
from core.config_reader import ConfigReader, SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, OneLine, ResourceName, Switch
from core.setting_urls import ServerUrl
from core.setting_values import SecretText
from settings.secret_items import POD_SETTINGS, SecretItem, SecretItems, WorkspaceItems

_ITEMS: Final = '{"coderGithubClientSecret": "coder-github"}'


class SecretSourceSettings(SettingsGroup):
    """Who gives the platform its secrets, and which item is which."""

    secrets_source: Literal["config", "connect", "operator"] = Field(
        default="config",
        description="config: the stack's encrypted values; connect: 1Password Connect; operator: OnePasswordItem.",
    )
    secrets_vault: OneLine = Field(
        default="", description="Vault of the items that name no other, by name or identifier.", examples=["spt-flow"]
    )
    secrets_items: SecretItems = Field(
        default={},
        description="For each setting the title of its item, or an object with item, field and vault.",
        examples=[_ITEMS],
    )
    workspace_secret_items: WorkspaceItems = Field(
        default={},
        description="Secrets of coder-workspace that 1Password's operator makes, each with its item.",
        examples=['{"claude-code": "claude-code"}'],
    )
    connect_url: ServerUrl = Field(
        default="",
        description="1Password Connect, as the deploying machine reaches it; required with secretsSource connect.",
        examples=["https://connect.example.com"],
    )
    connect_token: SecretText = Field(
        default=SecretStr(""), description="Token for connectUrl that opens secretsVault; a secret."
    )
    connect_install: Switch = Field(
        default=False, description="Run 1Password Connect in the namespace coder; connectCredentials are required."
    )
    connect_credentials: SecretText = Field(
        default=SecretStr(""), description="Content of 1password-credentials.json, on one line; a secret."
    )
    connect_operator_namespace: ResourceName = Field(
        default="",
        description="Namespace of 1Password's operator, if it asks the Connect of connectInstall.",
        examples=["onepassword"],
    )
    connect_api_image: ImageText = Field(
        default=ImageReference.parse(f"docker.io/1password/connect-api:{versions.ONEPASSWORD_CONNECT}"),
        description="Image of Connect's API.",
    )
    connect_sync_image: ImageText = Field(
        default=ImageReference.parse(f"docker.io/1password/connect-sync:{versions.ONEPASSWORD_CONNECT}"),
        description="Image of what keeps Connect's copy of the vaults up to date.",
    )

    def comes_from_item(self, setting: str) -> bool:
        """Say whether a setting, by its key, comes from an item."""
        return self.secrets_source != "config" and setting in self.secrets_items


def check_secret_source(reader: ConfigReader, source: SecretSourceSettings, others: Iterable[SettingsGroup]) -> None:
    """Raise SettingsError for a source without what it needs, or a setting that has a value and an item, too.

    Items may stay in the stack while `secretsSource` is `config`: that is how one goes on without 1Password.
    """
    for item in source.workspace_secret_items.values():
        _check_item(reader, source, "workspace_secret_items", item)
    if source.secrets_source == "config":
        return
    reader.require(source, "secrets_items")
    if not all(item.vault for item in source.secrets_items.values()):
        reader.require(source, "secrets_vault")
    if source.secrets_source == "connect":
        reader.require(source, "connect_url")
    else:
        _check_operator(reader, source)
    for group in others:
        for name in type(group).model_fields:
            value = getattr(group, name)
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            if text and to_camel(name) in source.secrets_items:
                raise reader.refusal(
                    group,
                    name,
                    f"no value is expected, since secretsItems names an item and the source is "
                    f"{source.secrets_source}: two values for one setting would hide each other",
                )


def _check_operator(reader: ConfigReader, source: SecretSourceSettings) -> None:
    for key, item in source.secrets_items.items():
        if key not in POD_SETTINGS:
            raise reader.refusal(
                source,
                "secrets_items",
                f"with the operator no item is expected for {key}, which the program itself reads; "
                f"there may be items for {', '.join(POD_SETTINGS)}",
                _ITEMS,
            )
        _check_item(reader, source, "secrets_items", item)


def _check_item(reader: ConfigReader, source: SecretSourceSettings, name: str, item: SecretItem) -> None:
    """Raise SettingsError for an item that cannot stand in the path of a OnePasswordItem."""
    if not item.vault:
        reader.require(source, "secrets_vault")
    if "/" in f"{item.vault or source.secrets_vault}{item.item}":
        raise reader.refusal(
            source,
            name,
            f"names without / are expected, or identifiers, which the item {item.item!r} or its vault is not: the path "
            "of a OnePasswordItem is made of them",
        )
