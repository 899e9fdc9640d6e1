"""What a job tells: one JSON object a line on stdout, where a cluster's log collector reads."""

__all__ = ["EventLog", "Level"]

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Literal, TypeAlias

Level: TypeAlias = Literal["info", "warning", "error"]


def _now() -> datetime:
    return datetime.now(UTC)


class EventLog:
    """Writes events of one job; every line carries time (UTC), level, job, and the event's name."""

    def __init__(self, job: str, stream: IO[str] | None = None, clock: Callable[[], datetime] = _now) -> None:
        self._job, self._stream, self._clock = job, stream, clock

    def write(self, event: str, /, *, level: Level = "info", **fields: object) -> None:
        """Write one event at once; values that JSON has no type for are written as text."""
        head = {"time": self._clock().isoformat(timespec="milliseconds"), "level": level, "job": self._job}
        line = json.dumps({**head, "event": event, **fields}, default=str, ensure_ascii=False)
        # Looked up late: whoever replaces stdout (a test, a supervisor) is meant to see it.
        print(line, file=self._stream or sys.stdout, flush=True)
