"""What one engine run did and said, gathered from its events."""

__all__ = ["PolicyViolation", "RunEvents"]

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pulumi.automation import EngineEvent, StepEventMetadata

from lab.display.resource_tree import Change, ResourceOutcome

_COLOR: Final = re.compile(r"<\{%.*?%\}>")
_UNCHANGED: Final = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True)
class PolicyViolation:
    """One policy the run broke: `level` is 'mandatory' or 'advisory'."""

    policy: str
    level: str
    urn: str
    message: str


@dataclass
class RunEvents:
    """Collects the events of a run; the engine's callback may come from any thread.

    `on_status` gets a line for a live display.
    """

    on_status: Callable[[str], None] = lambda _: None
    changes: dict[str, ResourceOutcome] = field(default_factory=dict)
    violations: list[PolicyViolation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps: list[StepEventMetadata] = field(default_factory=list)
    _started: dict[str, float] = field(default_factory=dict)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        with self._mutex:
            self._take_step(event)
            self._take_words(event)

    def mandatory(self) -> list[PolicyViolation]:
        """Return the violations that stop a run."""
        return [violation for violation in self.violations if violation.level == "mandatory"]

    def pending_changes(self) -> list[ResourceOutcome]:
        """Return what the run changed or, for a preview, would change."""
        return [outcome for outcome in self.changes.values() if outcome.change is not Change.UNCHANGED]

    def _take_step(self, event: EngineEvent) -> None:
        now = time.monotonic()
        if event.resource_pre_event is not None:
            step = event.resource_pre_event.metadata
            self._started.setdefault(step.urn, now)
            self.steps.append(step)
            if step.op.value not in _UNCHANGED:
                self.on_status(f"{step.op.value} {step.urn.rsplit('::', 1)[-1]}")
            # A preview ends many steps without an outputs event; the step itself is the outcome then.
            self._record(event, failed=False, seconds=0.0)
        if event.res_outputs_event is not None:
            self._record(
                event, failed=False, seconds=now - self._started.get(event.res_outputs_event.metadata.urn, now)
            )
        if event.res_op_failed_event is not None:
            self._record(
                event, failed=True, seconds=now - self._started.get(event.res_op_failed_event.metadata.urn, now)
            )

    def _record(self, event: EngineEvent, *, failed: bool, seconds: float) -> None:
        source = event.resource_pre_event or event.res_outputs_event or event.res_op_failed_event
        if source is None:
            return
        step = source.metadata
        state = step.new or step.old
        known = self.changes.get(step.urn)
        # One replacement is several steps on one URN: what counts is that it was replaced.
        operation = "replace" if "replace" in step.op.value else step.op.value
        if known is not None and known.change is not Change.UNCHANGED and operation in _UNCHANGED:
            operation = known.operation
        if known is not None and known.operation == "replace":
            operation = "replace"
        self.changes[step.urn] = ResourceOutcome(
            urn=step.urn,
            type=step.type,
            name=step.urn.rsplit("::", 1)[-1],
            parent=state.parent if state is not None else "",
            operation=operation,
            seconds=max(seconds, known.seconds if known is not None else 0.0),
            failed=failed,
        )

    def _take_words(self, event: EngineEvent) -> None:
        if event.policy_event is not None:
            policy = event.policy_event
            found = PolicyViolation(
                policy=policy.policy_name,
                level=policy.enforcement_level,
                urn=policy.resource_urn or "",
                message=_verdict(policy.message),
            )
            if found not in self.violations:
                self.violations.append(found)
        if event.diagnostic_event is not None:
            words = event.diagnostic_event
            text = _plain(words.message)
            if words.severity == "error" and text and text not in self.errors:
                self.errors.append(text)
            elif words.severity == "warning" and text and text not in self.warnings:
                self.warnings.append(text)
            elif words.ephemeral and text:
                self.on_status(text.splitlines()[0])


def _verdict(text: str) -> str:
    # The engine puts the policy's description before what the rule reported; the report is the sentence to show.
    description, newline, report = _plain(text).partition("\n")
    return report.strip() if newline else description


def _plain(text: str) -> str:
    return _COLOR.sub("", text).strip()
