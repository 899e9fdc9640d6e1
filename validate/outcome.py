"""What came of one check."""

__all__ = ["CheckFailedError", "CheckSkippedError", "Outcome", "Status"]

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from core.errors import SptFlowError


class Status(Enum):
    """`missing` is a tool the image's build report names as not in it; `skipped` is nothing to check here."""

    PASSED = "passed"
    FAILED = "failed"
    MISSING = "missing"
    SKIPPED = "skipped"


class CheckFailedError(SptFlowError):
    """A tool does not do what it is for: one sentence about it."""


class CheckSkippedError(SptFlowError):
    """There is nothing to check in these surroundings: one sentence that says why."""


@dataclass(frozen=True)
class Outcome:
    """One check's result: a sentence, and how long it took, in seconds."""

    name: str
    status: Status
    message: str
    seconds: float = 0.0

    def plain(self) -> Mapping[str, object]:
        """Return it for JSON."""
        return {
            "name": self.name,
            "status": self.status.value,
            "message": self.message,
            "seconds": round(self.seconds, 3),
        }
