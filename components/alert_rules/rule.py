"""What a rule is, and how Prometheus spells it."""

__all__ = ["DAY", "HOUR", "Alert", "Group", "Record", "Severity", "build_group", "or_zero"]

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from components.manifest import Manifest

Severity: TypeAlias = Literal["critical", "warning"]
"""critical: people are hindered, or data is in danger: now. warning: it will come to that: today."""

HOUR: Final = 3600
"""Seconds."""

DAY: Final = 24 * HOUR
"""Seconds."""

_RUNBOOK: Final = "docs/runbooks/alerts.md"


@dataclass(frozen=True)
class Record:
    """A value that is computed once, under a name of its own."""

    name: str
    expression: str


@dataclass(frozen=True)
class Alert:
    """A condition that has held for a while (`lasting`, as Prometheus spells durations).

    `description` may hold Prometheus' templates; `$value` is the expression's.
    """

    name: str
    expression: str
    lasting: str
    severity: Severity
    summary: str
    description: str


@dataclass(frozen=True)
class Group:
    """Rules that are computed one after another, at the same moment."""

    name: str
    rules: tuple[Record | Alert, ...]


def build_group(group: Group, runbook_url: str) -> Manifest:
    """Return the group as in a rule file; each alert leads to its section of the page at `runbook_url`."""
    return {"name": group.name, "rules": [_rule(rule, runbook_url or _RUNBOOK) for rule in group.rules]}


def or_zero(expression: str) -> str:
    """Return the one value of the expression, and 0 where there is none."""
    return f"({expression} or vector(0))"


def _rule(rule: Record | Alert, runbook_url: str) -> Manifest:
    if isinstance(rule, Record):
        return {"record": rule.name, "expr": rule.expression}
    return {
        "alert": rule.name,
        "expr": rule.expression,
        "for": rule.lasting,
        "labels": {"severity": rule.severity, "platform": "spt-flow"},
        "annotations": {
            "summary": rule.summary,
            "description": rule.description,
            "runbook_url": f"{runbook_url}#{rule.name.lower()}",
        },
    }
