"""What reports say of a rule, by its name."""

__all__ = ["rule_order", "rule_words", "shown_rules"]

import functools
from collections.abc import Iterable, Mapping, Sequence

from lab.policy_check.check import Check
from policies.pack import CHANGE_RULES, RULES
from policies.rule import RuleWords


@functools.cache
def rule_words() -> Mapping[str, RuleWords]:
    """Return the words of every rule by its name, in the order of the pack."""
    return {rule.words.name: rule.words for rule in (*RULES, *CHANGE_RULES)}


def rule_order(names: Iterable[str]) -> list[str]:
    """Return names of rules in the order of the pack."""
    wanted = set(names)
    return [name for name in rule_words() if name in wanted]


def shown_rules(checks: Sequence[Check]) -> list[RuleWords]:
    """Return the words of the rules that are broken, whose remediation people want to read once each."""
    broken = {violation.rule for check in checks for violation in check.report.violations}
    return [rule_words()[name] for name in rule_order(broken)]
