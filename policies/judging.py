"""Judging resources and planned steps by every rule of the pack, without an engine: for files and rendered charts."""

__all__ = ["judge", "known_resource"]

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from core.fields import Field
from policies.change import Change
from policies.change_rule import ChangeRule
from policies.config_file import PackConfig
from policies.pack import CHANGE_RULES, RULES
from policies.report import ALL_RESOURCES, Report, ReportBuilder
from policies.resource import Resource
from policies.rule import EngineRule, ResourceRule, StackRule


def judge(
    resources: Sequence[Resource],
    changes: Sequence[Change],
    config: PackConfig,
    today: dt.date,
    *,
    rules: Sequence[EngineRule[Any]] = RULES,
    change_rules: Sequence[ChangeRule[Any]] = CHANGE_RULES,
    stack_gap: str = "",
) -> Report:
    """Return what the rules say, each at its level; disabled ones are not asked.

    `stack_gap` says why the resources are not a whole stack: rules over one are left open then.
    """
    builder = ReportBuilder(config, (*rules, *change_rules), today, resources=len(resources))
    for rule in rules:
        applied = config.of(rule.words.name)
        if not applied.is_enabled:
            continue
        if isinstance(rule, ResourceRule):
            for resource in resources:
                builder.add(rule, rule.judge(resource, applied.properties, today), resource)
        elif isinstance(rule, StackRule) and stack_gap:
            builder.add_open(rule, ALL_RESOURCES, stack_gap)
        elif isinstance(rule, StackRule):
            builder.add(rule, rule.judge(resources, applied.properties, today))
    for change_rule in change_rules:
        applied = config.of(change_rule.words.name)
        if applied.is_enabled:
            builder.add(change_rule, change_rule.judge(changes, applied.properties, today))
    return builder.report()


def known_resource(properties: Mapping[str, Any]) -> Field:
    """Return properties of plain JSON as rules read them: the engine's marks for unknown values are unknown."""
    return Field(unknown_checking_proxy(dict(properties)), unknown_errors=(UnknownValueError,))
