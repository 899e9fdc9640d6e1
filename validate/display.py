"""Outcomes for people, a line each, and for programs."""

__all__ = ["line", "summary", "to_json"]

import json
from collections import Counter
from collections.abc import Sequence

from validate.outcome import Outcome, Status


def line(outcome: Outcome, width: int) -> str:
    """Return one line of the table, with names as wide as the widest."""
    return f"{outcome.status.value:<8} {outcome.name:<{width}} {outcome.seconds:6.2f} s  {outcome.message}"


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the last line: how many of each, and the time of all together."""
    found = _counts(outcomes)
    return ", ".join(f"{number} {name}" for name, number in found.items()) + f" in {seconds:.1f} s"


def to_json(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return one JSON object; `ok` says that nothing failed."""
    answer = {
        "ok": all(outcome.status is not Status.FAILED for outcome in outcomes),
        **_counts(outcomes),
        "seconds": round(seconds, 2),
        "checks": [outcome.plain() for outcome in outcomes],
    }
    return json.dumps(answer, indent=2)


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counted = Counter(outcome.status for outcome in outcomes)
    return {status.value: counted[status] for status in Status}
