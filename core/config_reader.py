"""Reading groups of settings out of a stack's config map, with one sentence for whatever is wrong."""

__all__ = ["ConfigReader", "SettingsError", "SettingsGroup"]

import difflib
import shlex
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from core.errors import UsageError

_SHOWN_LENGTH: Final = 80
_Some = TypeVar("_Some", bound="SettingsGroup")


class SettingsError(UsageError):
    """A setting is missing, unknown or invalid: one sentence with stack, key, value, what is allowed, and a command."""


class SettingsGroup(BaseModel):
    """Settings that belong together; each field is one key of the stack file, in camelCase."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )


class ConfigReader:
    """Reads groups of settings from one stack's config map ("namespace:key" to text), and words what is wrong.

    Only keys of the project's own namespace are looked at; values of `secret_keys` are never repeated.
    """

    def __init__(self, project: str, stack: str, config: Mapping[str, str], secret_keys: Collection[str] = ()) -> None:
        self._project, self._stack, self._secret = project, stack, frozenset(secret_keys)
        prefix = f"{project}:"
        self._values = {key.removeprefix(prefix): text for key, text in config.items() if key.startswith(prefix)}

    def refuse_unknown(self, groups: Iterable[type[SettingsGroup]]) -> None:
        """Raise SettingsError for a key of the project's namespace that none of the groups has."""
        known = [to_camel(name) for group in groups for name in group.model_fields]
        for key in sorted(self._values.keys() - set(known)):
            close = difflib.get_close_matches(key, known, n=1, cutoff=0.75)
            hint = (
                f"did you mean {self._project}:{close[0]}?"
                if close
                else f"Pulumi.yaml lists all {len(known)} settings."
            )
            message = (
                f"Stack {_shown(self._stack)} sets {_shown(f'{self._project}:{key}')}, which is no setting; {hint}"
            )
            raise SettingsError(message, next_command=self._command("rm", key))

    def read(self, group: type[_Some]) -> _Some:
        """Return the group with its values, or raise SettingsError for the first invalid one."""
        names = {to_camel(name): name for name in group.model_fields}
        self._refuse_plain_secrets(group)
        try:
            return group.model_validate({key: self._values[key] for key in names if key in self._values})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
        context = first.get("ctx", {})
        allowed = first["msg"]
        if first["type"] == "value_error":
            allowed = str(context["error"])
        elif first["type"] == "literal_error":
            allowed = f"{context['expected']} is expected"
        raise self._error(group, names[str(first["loc"][0])], allowed)

    def require(self, group: SettingsGroup, name: str, *, next_command: str | None = None) -> None:
        """Raise SettingsError if a setting without a useful default has no value."""
        if getattr(group, name):
            return
        key, means = to_camel(name), type(group).model_fields[name].description
        raise SettingsError(
            f"Stack {_shown(self._stack)} has no value for the setting {self._project}:{key}. {means}",
            next_command=next_command or self._set_command(type(group), name),
        )

    def refuse_above(self, lower: tuple[SettingsGroup, str], upper: tuple[SettingsGroup, str]) -> None:
        """Raise SettingsError if the first setting, a group and a field's name, exceeds the second."""
        most = getattr(*upper)
        if getattr(*lower) > most:
            key = f"{self._project}:{to_camel(upper[1])}"
            shown = "the value" if key in self._secret else f"{most}, the value"
            example = None if key in self._secret else str(most)
            raise self._error(type(lower[0]), lower[1], f"at most {shown} of {key}, is allowed", example)

    def refusal(self, group: SettingsGroup, name: str, allowed: str, example: str | None = None) -> SettingsError:
        """Return the error for a setting whose value does not go with the others; `allowed` says what would."""
        return self._error(type(group), name, allowed, example)

    def excess(self, group: SettingsGroup, name: str, reason: str) -> SettingsError:
        """Return the error for a setting that must not be there beside the others; the command removes it."""
        refused = self._error(type(group), name, f"it is not expected, {reason}")
        return SettingsError(refused.message, next_command=self._command("rm", to_camel(name)))

    def _refuse_plain_secrets(self, group: type[SettingsGroup]) -> None:
        """Raise SettingsError for a value in clear of a setting that must be stored as a secret; never repeat it."""
        for name, field in group.model_fields.items():
            path = f"{self._project}:{to_camel(name)}"
            if isinstance(field.default, SecretStr) and self._values.get(to_camel(name)) and path not in self._secret:
                raise SettingsError(
                    f"Stack {_shown(self._stack)} has the setting {path} in clear; it must be stored as a secret.",
                    next_command=self._command("set", to_camel(name), secret=True),
                )

    def _error(self, group: type[SettingsGroup], name: str, allowed: str, example: str | None = None) -> SettingsError:
        key, field = to_camel(name), group.model_fields[name]
        if key not in self._values:
            found = f"has its default, {_shown(str(field.default))}"
        elif f"{self._project}:{key}" in self._secret:
            found = "has a value that is not shown, since it is marked as secret"
        else:
            found = f"has the value {_shown(self._values[key])}"
        return SettingsError(
            f"Stack {_shown(self._stack)}: the setting {self._project}:{key} {found}; {allowed}.",
            next_command=self._set_command(group, name, example),
        )

    def _set_command(self, group: type[SettingsGroup], name: str, example: str | None = None) -> str:
        default = group.model_fields[name].default
        if isinstance(default, SecretStr):
            return self._command("set", to_camel(name), secret=True)
        is_list = isinstance(default, tuple)
        return self._command("set", to_camel(name), example or _example(group, name), is_list=is_list)

    def _command(self, verb: str, key: str, *value: str, is_list: bool = False, secret: bool = False) -> str:
        path = f"{self._project}:{key}"
        words = ["pulumi", "config", verb, "--stack", self._stack, *(["--secret"] if secret else [])]
        return shlex.join([*words, *(["--path", f"{path}[0]"] if is_list else [path]), *value])


def _example(group: type[SettingsGroup], name: str) -> str:
    field = group.model_fields[name]
    default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return str(field.examples[0]) if field.examples else default


def _shown(text: str) -> str:
    """Return the text in quotes, shortened, with nothing unprintable in it."""
    return repr(text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}...")
