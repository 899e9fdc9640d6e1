"""The values a workspace's parameters get: from the repository, the options, a preset, and what the user sets."""

__all__ = ["ChosenParameters", "Wishes", "choose_parameters", "parse_parameters"]

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from core.errors import UsageError
from sptcoder.api.models.template import Preset, RichParameter
from sptcoder.cli.assignment import parse_assignments
from sptcoder.workspaces.identity import BRANCH_PARAMETERS, REPOSITORY_PARAMETERS

_MORE: Final = ("more_repositories",)
_DOTFILES: Final = ("dotfiles_url",)
_TTL: Final = ("ttl_minutes",)
_OWN_OPTIONS: Final = {
    **dict.fromkeys(REPOSITORY_PARAMETERS, "the argument REPOSITORY"),
    **dict.fromkeys(BRANCH_PARAMETERS, "--branch"),
    **dict.fromkeys(_MORE, "further REPOSITORY arguments"),
    **dict.fromkeys(_DOTFILES, "--dotfiles"),
    **dict.fromkeys(_TTL, "--ttl"),
}


@dataclass(frozen=True)
class Wishes:
    """What the user wants of a workspace; None and empty is what was not asked for."""

    url: str
    branch: str | None = None
    more: tuple[str, ...] = ()
    dotfiles: str | None = None
    ttl: timedelta | None = None
    preset: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ChosenParameters:
    """The values to send, and the preset that all its parameters follow; None if there is none."""

    values: dict[str, str]
    preset_id: str | None = None


def parse_parameters(words: Iterable[str]) -> dict[str, str]:
    """Return the values of `NAME=VALUE` words; raise UsageError for another form, or for what has an option."""
    found = parse_assignments(words, "--param")
    for name in found:
        if name in _OWN_OPTIONS:
            raise UsageError(f"The parameter '{name}' is set by {_OWN_OPTIONS[name]}, not by --param.")
    return found


def choose_parameters(
    template: str, parameters: Sequence[RichParameter], presets: Sequence[Preset], wishes: Wishes
) -> ChosenParameters:
    """Return the values for a version with these parameters and presets.

    Raises UsageError for a wish the template has no parameter for, a preset it has not, and a required parameter
    without a value.
    """
    names = [parameter.name for parameter in parameters]
    preset = _preset(template, presets, wishes.preset)
    followed = {item.name: item.value for item in preset.parameters} if preset is not None else {}
    own: dict[str, str] = {}
    for candidates, value, option in (
        (REPOSITORY_PARAMETERS, wishes.url, "a repository"),
        (BRANCH_PARAMETERS, wishes.branch, "--branch"),
        (_MORE, json.dumps(wishes.more) if wishes.more else None, "several repositories"),
        (_DOTFILES, wishes.dotfiles, "--dotfiles"),
        (_TTL, None if wishes.ttl is None else str(int(wishes.ttl.total_seconds()) // 60), "--ttl"),
    ):
        if value is not None:
            own[_first(template, candidates, names, option)] = value
    _check_names(template, wishes.given, names)
    values = {**followed, **own, **wishes.given}
    missing = [one.name for one in parameters if one.required and one.name not in values and not one.default_value]
    if missing:
        raise UsageError(
            f"The template '{template}' needs a value for '{missing[0]}'.",
            next_command=f"the same command with --param {missing[0]}=VALUE",
        )
    is_followed = preset is not None and all(values[name] == value for name, value in followed.items())
    return ChosenParameters(values, preset.id if preset is not None and is_followed else None)


def _first(template: str, candidates: Sequence[str], names: Sequence[str], option: str) -> str:
    found = next((name for name in candidates if name in names), None)
    if found is None:
        raise UsageError(
            f"The template '{template}' does not take {option}: it has no parameter '{candidates[0]}'.",
            next_command="sptcoder template list",
        )
    return found


def _preset(template: str, presets: Sequence[Preset], wanted: str | None) -> Preset | None:
    if wanted is None:
        return None
    found = next((preset for preset in presets if preset.name.casefold() == wanted.casefold()), None)
    if found is None:
        there = ", ".join(sorted(preset.name for preset in presets)) or "none"
        raise UsageError(f"The template '{template}' has no preset '{wanted}'; there are: {there}.")
    return found


def _check_names(template: str, given: Mapping[str, str], names: Sequence[str]) -> None:
    for name in given:
        if name not in names:
            settable = sorted(set(names) - _OWN_OPTIONS.keys())
            close = difflib.get_close_matches(name, settable, n=1)
            guess = f"did you mean '{close[0]}'?" if close else f"there are: {', '.join(settable)}."
            raise UsageError(f"The template '{template}' has no parameter '{name}'; {guess}")
