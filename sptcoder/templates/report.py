"""What a push says while it runs: one line each to whoever listens."""

__all__ = ["JobLines", "Say"]

from collections.abc import Callable
from dataclasses import dataclass

from sptcoder.api.models.job import JobLog

Say = Callable[[str], None]
"""Takes one line of progress."""


@dataclass
class JobLines:
    """Turns the lines of a job into progress: a heading for each stage, what Terraform says below it."""

    say: Say
    _stage: str = ""

    def __call__(self, line: JobLog) -> None:
        """Show one line; debug and trace lines and empty ones are left out."""
        if line.stage and line.stage != self._stage:
            self._stage = line.stage
            self.say(f"  == {line.stage}")
        if line.output.strip() and line.log_level not in {"debug", "trace"}:
            mark = "! " if line.log_level == "error" else "  "
            self.say(f"  {mark}{line.output.rstrip()}")
