"""The gate on a plan: what it replaces and deletes, held against the rules before anything is changed."""

__all__ = ["check_changes", "planned_changes"]

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from pulumi.automation import StepEventMetadata, StepEventStateMetadata

from core.fields import Field
from lab.deploy.run_events import PolicyViolation, RunEvents
from lab.deploy.run_failure import PolicyViolationError
from policies.change import Change
from policies.config_file import default_config, read_config
from policies.findings import Findings
from policies.pack import CHANGE_RULES


def check_changes(events: RunEvents, config: Path | None) -> None:
    """Add what the rules say of a preview's steps to its violations; raise PolicyViolationError if that forbids it.

    `config` is the pack's configuration of the stack; the rules' defaults hold without one.
    """
    applied = default_config() if config is None else read_config(config)
    changes = planned_changes(events.steps)
    urns = {str(manifest.subject): each.urn for each in changes for manifest in each.old_manifests(Findings())}
    today = dt.datetime.now(dt.UTC).date()
    for rule in CHANGE_RULES:
        name = rule.words.name
        entry = applied.of(name)
        if not entry.is_enabled:
            continue
        for violation in rule.judge(changes, entry.properties, today).violations:
            urn = urns.get(str(violation.subject), "")
            events.violations.append(PolicyViolation(name, entry.level, urn, violation.sentence))
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
