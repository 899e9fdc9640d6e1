"""The gate on a plan: what it replaces and deletes, held against the rules before anything is changed."""

__all__ = ["check_changes", "planned_changes"]

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from pulumi.automation import StepEventMetadata, StepEventStateMetadata

from core.fields import Field
from lab.deploy.run_events import PolicyViolation, RunEvents
from lab.deploy.run_failure import PolicyViolationError
from policies.change import Change
from policies.findings import Findings
from policies.pack import CHANGE_RULES

_LEVEL: Final = "enforcementLevel"
_MANDATORY: Final = "mandatory"
_STOPPING: Final = frozenset({_MANDATORY, "remediate"})


def check_changes(events: RunEvents, config: Path | None) -> None:
    """Add what the rules say of a preview's steps to its violations; raise PolicyViolationError if that forbids it.

    `config` is the pack's configuration of the stack, which the engine has read and accepted before.
    """
    levels = {} if config is None else json.loads(config.read_text(encoding="utf-8"))
    changes = planned_changes(events.steps)
    urns = {str(manifest.subject): each.urn for each in changes for manifest in each.old_manifests(Findings())}
    today = dt.datetime.now(dt.UTC).date()
    for rule in CHANGE_RULES:
        name = rule.words.name
        level, properties = _entry(levels, name)
        if level == "disabled":
            continue
        shown = _MANDATORY if level in _STOPPING else level
        for violation in rule.judge(changes, properties, today).violations:
            urn = urns.get(str(violation.subject), "")
            events.violations.append(PolicyViolation(name, shown, urn, violation.sentence))
    mandatory = events.mandatory()
    if mandatory:
        raise PolicyViolationError(mandatory)


def planned_changes(steps: Iterable[StepEventMetadata]) -> list[Change]:
    """Return the steps of a preview as rules look at them, in their order."""
    return [
        Change(
            operation=step.op.value,
            type=step.type,
            name=step.urn.rsplit("::", 1)[-1],
            urn=step.urn,
            old=_inputs(step.old),
            new=_inputs(step.new),
            is_retained=bool(step.old is not None and step.old.retain_on_delete),
        )
        for step in steps
    ]


def _inputs(state: StepEventStateMetadata | None) -> Field:
    return Field(None if state is None else state.inputs)


def _entry(levels: Mapping[str, Any], rule: str) -> tuple[str, Mapping[str, Any]]:
    """Return a rule's level and configuration; without a level of its own the one of all rules holds."""
    entry = levels.get(rule, {})
    if isinstance(entry, str):
        return entry, {}
    return entry.get(_LEVEL, levels.get("all", _MANDATORY)), {k: v for k, v in entry.items() if k != _LEVEL}
