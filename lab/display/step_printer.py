"""Two ways to show steps: a live region on a terminal, one line an event everywhere else."""

__all__ = ["LinePrinter", "LivePrinter", "StepPrinter"]

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from lab.display.duration import duration
from lab.display.step_state import Outcome, StepState

_QUIET_SECONDS = 2.0
_HEARTBEAT_SECONDS = 60.0
_REFRESH_PER_SECOND = 8
_REMAINING_SHOWN = 3
_MARKS = {
    Outcome.DONE: ("✓", "green"),
    Outcome.UNCHANGED: ("=", "dim"),
    Outcome.FAILED: ("✗", "bold red"),
    Outcome.STOPPED: ("✗", "yellow"),
}


class StepPrinter(Protocol):
    """How steps appear. `running` and `remaining` are read when something is drawn."""

    def open(self) -> None:
        """Begin to show."""

    def close(self) -> None:
        """Leave the terminal as it was found."""

    def begin(self, step: StepState) -> None:
        """Show that a step has begun."""

    def end(self, step: StepState, outcome: Outcome) -> None:
        """Show how a step ended."""


class LinePrinter:
    """Plain lines without colour or cursor movement: for logs, CI and pipes.

    A step is announced when it lasts longer than two seconds, and then says once a minute what it does.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._ended: dict[int, threading.Event] = {}

    def open(self) -> None:
        """Nothing to prepare."""

    def close(self) -> None:
        """Let the announcing threads end."""
        for event in self._ended.values():
            event.set()
        self._ended.clear()

    def begin(self, step: StepState) -> None:
        """Watch the step; a short one is only told when it ends."""
        event = threading.Event()
        self._ended[id(step)] = event
        threading.Thread(target=self._watch, args=(step, event), name="step-watch", daemon=True).start()

    def end(self, step: StepState, outcome: Outcome) -> None:
        """Print the outcome."""
        self._ended.pop(id(step)).set()
        detail = f"{step.reason}, " if step.reason else ""
        self._line(f"{outcome.value:<8}{step.title} ({detail}{duration(step.elapsed)})")

    def _watch(self, step: StepState, event: threading.Event) -> None:
        if event.wait(_QUIET_SECONDS):
            return
        self._line(f"{'start':<8}{step.title}")
        while not event.wait(_HEARTBEAT_SECONDS):
            self._line(f"{'...':<8}{step.title}: {step.text or 'at work'} ({duration(step.elapsed)})")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


class LivePrinter:
    """Finished steps scroll by above a region that shows the running ones, their notes and what remains."""

    def __init__(
        self, console: Console, running: Callable[[], Sequence[StepState]], remaining: Callable[[], Sequence[str]]
    ) -> None:
        self._console = console
        self._running = running
        self._remaining = remaining
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(self, console=console, transient=True, refresh_per_second=_REFRESH_PER_SECOND)

    def open(self) -> None:
        """Take the lower lines of the terminal."""
        self._live.start(refresh=True)

    def close(self) -> None:
        """Give the lines and the cursor back; safe to call twice."""
        with suppress(KeyboardInterrupt):
            self._live.stop()
        self._console.show_cursor()

    def begin(self, step: StepState) -> None:
        """Nothing to print: the region shows it."""

    def end(self, step: StepState, outcome: Outcome) -> None:
        """Print the outcome above the region."""
        mark, style = _MARKS[outcome]
        line = Text.assemble((mark, style), " ", (step.title, "dim" if outcome is Outcome.UNCHANGED else ""))
        detail = step.reason or duration(step.elapsed)
        line.append(f"  {detail}", style="dim")
        self._console.print(line)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the region as it is now."""
        del console, options
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=1)
        rows.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        rows.expand = True
        for step in self._running():
            line = Text.assemble((step.title, "bold"), f"  {duration(step.elapsed)}")
            if step.text:
                line.append(f"  {step.text}", style="dim")
            rows.add_row(self._spinner, line)
        rest = self._remaining()
        if rest:
            more = f" and {len(rest) - _REMAINING_SHOWN} more" if len(rest) > _REMAINING_SHOWN else ""
            rows.add_row("", Text(f"then: {', '.join(rest[:_REMAINING_SHOWN])}{more}", style="dim"))
        yield rows
