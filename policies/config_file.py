"""The levels and bounds of one stack's rules, read from the JSON beside the pack and checked against their schemas."""

__all__ = ["CONFIG_FOLDER", "PackConfig", "RuleConfig", "default_config", "read_config"]

import datetime as dt
import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import jsonschema
from jsonschema.exceptions import best_match

from core.errors import UsageError
from policies.config_complaint import complaint, shown
from policies.pack import CHANGE_RULES, RULES
from policies.rule import Rule

CONFIG_FOLDER: Final = Path(__file__).parent / "config"
"""Where the files are, one a stack."""

_LEVEL: Final = "enforcementLevel"
_ALL: Final = "all"
_EXEMPTIONS: Final = "exemptions"
_MANDATORY: Final = "mandatory"
_DISABLED: Final = "disabled"
# What the engine takes: a rule here has no remediation of its own, so `remediate` is as strict as `mandatory`.
_LEVELS: Final = ("advisory", _MANDATORY, "remediate", _DISABLED)


@dataclass(frozen=True)
class RuleConfig:
    """How one rule is applied: `level` is advisory, mandatory or disabled; `properties` is what its check reads."""

    level: str = _MANDATORY
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_enabled(self) -> bool:
        """Say whether the rule is asked at all."""
        return self.level != _DISABLED


@dataclass(frozen=True)
class PackConfig:
    """How every rule of the pack is applied; a rule that the file does not name has its defaults and `level`."""

    rules: Mapping[str, RuleConfig] = field(default_factory=dict)
    level: str = _MANDATORY

    def of(self, rule: str) -> RuleConfig:
        """Return how a rule is applied, by its name."""
        return self.rules.get(rule, RuleConfig(self.level))


def default_config() -> PackConfig:
    """Return the pack's own defaults: every rule mandatory, with the safe values of its schema."""
    return _from_content({}, "the defaults", (*RULES, *CHANGE_RULES))


def read_config(path: Path, rules: Sequence[Rule[Any]] = (*RULES, *CHANGE_RULES)) -> PackConfig:
    """Read a configuration file; raise UsageError, one sentence, for whatever the rules would not understand."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique)
    except OSError as error:
        raise _refusal(path.name, f" cannot be read: {error.strerror}") from None
    except json.JSONDecodeError as error:
        raise UsageError(
            f"The policy configuration {path.name} is not JSON: line {error.lineno}, {error.msg}."
        ) from None
    except (_TwiceError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(path.name, f" cannot be understood: {_reason(error)}") from None
    if not isinstance(content, dict):
        raise UsageError(
            f"The policy configuration {path.name} must be a JSON object of rules and how they are applied."
        )
    return _from_content(content, path.name, rules)


def _refusal(file: str, what: str) -> UsageError:
    return UsageError(f"The policy configuration {file}{what}.")


class _TwiceError(ValueError):
    """A key stands twice in one object: one of the two would be lost without a word."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise _TwiceError(f"the key {shown(twice)} stands there twice")
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, _TwiceError):
        return str(error)
    return "it is nested too deeply" if isinstance(error, RecursionError) else "it is not UTF-8"


def _from_content(content: Mapping[str, Any], file: str, rules: Sequence[Rule[Any]]) -> PackConfig:
    known = {rule.words.name: rule for rule in rules}
    overall = _level(content.get(_ALL, _MANDATORY), _ALL, file)
    for name in content:
        if name not in known and name != _ALL:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the pack has {len(known)} rules, see docs/policies.md"
            raise UsageError(
                f"The policy configuration {file} names the rule {shown(name)}, which there is not; {hint}"
            )
    return PackConfig(
        {name: _rule_config(rule, content.get(name, {}), overall, file) for name, rule in known.items()}, overall
    )


def _rule_config(rule: Rule[Any], entry: object, overall: str, file: str) -> RuleConfig:
    name = rule.words.name
    if isinstance(entry, str):
        entry = {_LEVEL: entry}
    if not isinstance(entry, dict):
        raise _refusal(
            file,
            f" says {shown(entry)} of the rule '{name}'; "
            "a level or an object with a level and the rule's properties is expected",
        )
    level = _level(entry.get(_LEVEL, overall), name, file)
    properties = {key: value for key, value in entry.items() if key != _LEVEL}
    schema = {"type": "object", "additionalProperties": False, "properties": rule.schema}
    error = best_match(jsonschema.Draft202012Validator(schema).iter_errors(properties))
    if error is not None:
        raise _refusal(file, f", rule '{name}': {complaint(error)}")
    for exemption in properties.get(_EXEMPTIONS, ()):
        _check_date(exemption, name, file)
    defaults = {key: each["default"] for key, each in rule.schema.items() if "default" in each}
    complete = {**defaults, **properties}
    try:
        rule.read(complete)
    except (ValueError, TypeError, KeyError) as error:
        raise _refusal(file, f", rule '{name}': {error}") from None
    return RuleConfig(level, complete)


def _level(level: object, name: str, file: str) -> str:
    if level not in _LEVELS:
        allowed = ", ".join(_LEVELS[:-1]) + f" or {_LEVELS[-1]}"
        raise _refusal(file, f" gives '{name}' the level {shown(level)}; {allowed} is expected")
    return _MANDATORY if level == "remediate" else str(level)


def _check_date(exemption: Mapping[str, Any], name: str, file: str) -> None:
    try:
        dt.date.fromisoformat(exemption["expires"])
    except ValueError:
        raise _refusal(
            file,
            f", rule '{name}': the exemption of '{exemption['resource']}' expires on {shown(exemption['expires'])}, "
            "which is no day of the calendar; year-month-day is expected",
        ) from None
