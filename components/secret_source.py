"""The settings with the secrets that their source holds, before anything is declared."""

__all__ = ["with_secrets"]

from typing import Final

import pulumi
from pydantic import ValidationError
from pydantic.alias_generators import to_snake

from components.onepassword_items import OPERATOR_FIELDS
from components.onepassword_lookup import look_up
from core.config_reader import SettingsGroup
from core.errors import UsageError
from settings import SecretSourceSettings, Settings

_TOKEN: Final = "pulumi config set --secret spt-flow:connectToken"  # noqa: S105 - a command, not a token


def with_secrets(settings: Settings) -> Settings:
    """Return the settings with the values of the items that stand for some of them.

    With the operator items are looked up, too, where the stack names a Connect server, but no value is taken: what is
    missing is found before anything changes. Raise UsageError as look_up does.
    """
    source = settings.secret_source
    if source.secrets_source == "config":
        return settings
    has_token = bool(source.connect_token.get_secret_value())
    if source.secrets_source == "connect":
        if not has_token:
            raise UsageError(
                "The setting connectToken has no value, and secretsSource connect needs one.", next_command=_TOKEN
            )
        return _filled(settings, look_up(source))
    if source.connect_url and has_token:
        look_up(source, OPERATOR_FIELDS)
    else:
        pulumi.log.warn(
            "Nobody has looked whether the items of secretsItems are there: set connectUrl and connectToken to have "
            "that done before anything changes."
        )
    return settings


def _filled(settings: Settings, values: dict[str, str]) -> Settings:
    groups: dict[str, SettingsGroup] = {}
    for name in type(settings).model_fields:
        group = getattr(settings, name)
        if isinstance(group, SettingsGroup):
            own = {key: value for key, value in values.items() if to_snake(key) in type(group).model_fields}
            if own:
                groups[name] = _with_values(group, own, settings.secret_source)
    return settings.model_copy(update=groups)


def _with_values(group: SettingsGroup, values: dict[str, str], source: SecretSourceSettings) -> SettingsGroup:
    kept = {name: getattr(group, name) for name in type(group).model_fields}
    try:
        return type(group).model_validate({**kept, **{to_snake(key): value for key, value in values.items()}})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    key = next(key for key in values if str(first["loc"][0]) in (key, to_snake(key)))
    # The validator's words never repeat a value; the error itself does, and is not kept.
    raise UsageError(
        f"The setting {key} comes from the item {source.secrets_items[key].item!r} of 1Password, and its value is not "
        f"one that the setting takes; {first['msg'].removeprefix('Value error, ')}."
    )
