"""Following a provisioner job: its lines as they come, and its end; dropped answers are asked for again.

Lines are polled by `after=<last id>`, not read from the websocket: a poll that is dropped, by a proxy or a restart of
the server, is repeated where it stopped, with the same few lines of code as when nothing went wrong.
"""

__all__ = ["JobFailedError", "LogTail", "LogsAfter", "Stopwatch", "watch_job"]

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from core.errors import SptFlowError
from sptcoder.api.models.job import Job, JobLog

_FIRST_PAUSE: Final = 0.15
_LONGEST_PAUSE: Final = 1.0
_TAIL_LINES: Final = 200
_SHOWN_LINES: Final = 10


class LogsAfter(Protocol):
    """Returns the lines of a job whose id is above `after`."""

    def __call__(self, *, after: int) -> tuple[JobLog, ...]:
        """Ask the server."""


@dataclass(frozen=True)
class Stopwatch:
    """Time as a wait sees it; tests hand in one that does not wait."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class JobFailedError(SptFlowError):
    """A job did not succeed; `lines` are the last lines it wrote, error lines if there are any."""

    def __init__(self, what: str, reason: str, lines: tuple[str, ...], *, status: str) -> None:
        shown = "".join(f"\n    {line}" for line in lines)
        super().__init__(f"{what} {status}: {reason or 'the server gives no reason'}{shown}")
        self.reason = reason
        self.lines = lines
        self.status = status


@dataclass
class LogTail:
    """The last lines of a job, and which of them matter when it fails."""

    lines: deque[JobLog] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))

    def worst(self) -> tuple[str, ...]:
        """Return the last error lines, the last lines of any level if there are none; at most ten."""
        errors = [line.output for line in self.lines if line.log_level == "error" and line.output.strip()]
        return tuple((errors or [line.output for line in self.lines if line.output.strip()])[-_SHOWN_LINES:])


def watch_job(
    what: str,
    *,
    job: Callable[[], Job],
    logs: LogsAfter,
    show: Callable[[JobLog], None],
    timeout: float,
    stopwatch: Stopwatch | None = None,
) -> Job:
    """Return the succeeded job; each line is shown once, in order.

    `what` begins the error sentences ("The import of version 1a2b3c4"); `timeout` is in seconds. Raises
    JobFailedError when the job failed, was cancelled, or took longer.
    """
    watch = stopwatch or Stopwatch()
    tail, after, pause, end = LogTail(), 0, _FIRST_PAUSE, watch.clock() + timeout
    while True:
        state = job()  # before the lines: when it is finished, the lines that follow are all there are
        new = logs(after=after)
        for line in new:
            tail.lines.append(line)
            show(line)
            after = max(after, line.id)
        if state.is_finished:
            break
        if watch.clock() >= end:
            raise JobFailedError(what, f"not finished after {timeout:g} s", tail.worst(), status="took too long")
        pause = _FIRST_PAUSE if new else min(pause * 1.5, _LONGEST_PAUSE)
        watch.sleep(pause)
    if state.status != "succeeded":
        raise JobFailedError(what, state.error, tail.worst(), status=state.status)
    return state
