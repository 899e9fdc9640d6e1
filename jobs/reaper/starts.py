"""How the workspaces' latest starts went: how many failed, how many took longer than they should, and the longest."""

__all__ = ["SLOW", "WINDOW", "Starts", "count_starts"]

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jobs.reaper.decision import Workspace

SLOW: Final = timedelta(minutes=2)
"""Within this time after the request a workspace is to be usable."""

WINDOW: Final = timedelta(hours=24)
"""How far back it is looked."""

_FAILED: Final = "failed"
_GIVEN_UP: Final = frozenset({"canceled", "canceling"})


@dataclass(frozen=True)
class Starts:
    """Counts of starts, of those among them that failed or were slow, and the longest time of one that ended, in s."""

    begun: int = 0
    failed: int = 0
    slow: int = 0
    longest_seconds: float = 0.0


def count_starts(workspaces: Iterable[Workspace], now: datetime) -> Starts:
    """Count the starts that were asked for within the last day and that nobody has cancelled.

    A workspace tells of its latest build alone. One that is still not usable counts as slow as soon as it is late.
    """
    recent = [(each, age) for each in workspaces if (age := _age(each, now)) is not None]
    failed = [each for each, _ in recent if each.build_status == _FAILED]
    living = [(each, age) for each, age in recent if each.build_status != _FAILED]
    taken = [each.usable_after for each, _ in living if each.usable_after is not None]
    waiting = [age for each, age in living if each.usable_after is None]
    return Starts(
        begun=len(recent),
        failed=len(failed),
        slow=sum(time > SLOW for time in [*taken, *waiting]),
        longest_seconds=max((time.total_seconds() for time in taken), default=0.0),
    )


def _age(workspace: Workspace, now: datetime) -> timedelta | None:
    """Return how long ago the start was asked for; None if the latest build is none, or too old, or given up."""
    if workspace.build_transition != "start" or workspace.build_status in _GIVEN_UP:
        return None
    age = None if workspace.build_created_at is None else now - workspace.build_created_at
    return age if age is not None and age <= WINDOW else None
