"""What is known of one step while it runs and after it has ended."""

__all__ = ["Outcome", "StepState"]

import time
from dataclasses import dataclass, field
from enum import Enum


class Outcome(Enum):
    """How a step ended."""

    DONE = "done"
    UNCHANGED = "same"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass
class StepState:
    """A step as the display keeps it; `reason` says why it found its work already done."""

    title: str
    started: float = field(default_factory=time.monotonic)
    text: str = ""
    reason: str | None = None

    def note(self, text: str) -> None:
        """Keep the note; a later one replaces it."""
        self.text = text

    def unchanged(self, reason: str) -> None:
        """Keep that there was nothing to do."""
        self.reason = reason

    @property
    def elapsed(self) -> float:
        """Seconds since the step was opened."""
        return time.monotonic() - self.started
