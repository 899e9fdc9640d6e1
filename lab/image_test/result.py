"""What came of it: a list of checks for each place the image ran in."""

__all__ = ["CheckResult", "ImageTestResult", "StageResult", "results_of"]

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from core.command import CommandResult
from core.errors import SptFlowError

_SHOWN: Final = 300
_BEGIN: Final = re.compile(r"^\{\r?$", re.MULTILINE)


@dataclass(frozen=True)
class CheckResult:
    """One line of `spt-validate --json`, or of the same shape: passed, failed, missing or skipped; time in seconds."""

    name: str
    status: str
    message: str
    seconds: float = 0.0


@dataclass(frozen=True)
class StageResult:
    """Where the image ran, what was checked there, and how long it was until it ran and until all was checked."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]
    seconds_to_run: float = 0.0
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        """Say whether a check failed."""
        return any(check.status == "failed" for check in self.checks)

    def counts(self) -> str:
        """Return how many of each, such as "20 passed, 3 missing"."""
        counted = Counter(check.status for check in self.checks)
        order = ("passed", "failed", "missing", "skipped")
        return ", ".join(f"{counted[status]} {status}" for status in order if counted[status])


@dataclass(frozen=True)
class ImageTestResult:
    """Every stage of one image, whose reference ends in its digest."""

    image: str
    stages: tuple[StageResult, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Say whether nothing failed."""
        return not any(stage.failed for stage in self.stages)


def results_of(answer: CommandResult) -> tuple[CheckResult, ...]:
    """Return what `spt-validate --json` said; raise SptFlowError if that is not what was run."""
    try:
        checks = _object(answer.stdout)["checks"]
        found = tuple(CheckResult(each["name"], each["status"], each["message"], each["seconds"]) for each in checks)
    except (ValueError, LookupError, TypeError):
        said = " ".join((answer.stderr or answer.stdout).split())[-_SHOWN:] or "nothing"
        raise SptFlowError(f"spt-validate ended with exit code {answer.returncode} and no results: {said}") from None
    failed = any(check.status == "failed" for check in found)
    if answer.returncode != (1 if failed else 0) or not found:
        raise SptFlowError(
            f"spt-validate ended with exit code {answer.returncode}, which does not go with {len(found)} results."
        )
    return found


def _object(text: str) -> dict[str, Any]:
    """Return the object that begins with a line of its own; `coder ssh` has a terminal, where all else is said, too."""
    begin = _BEGIN.search(text)
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text, begin.start() if begin else 0)[0]
    return found
