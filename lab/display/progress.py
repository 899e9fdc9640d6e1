"""The display of a run: each step with its state and time, what it does right now, and what remains."""

__all__ = ["RichProgress", "open_progress"]

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console

from lab.display.step_printer import LinePrinter, LivePrinter, StepPrinter
from lab.display.step_state import Outcome, StepState
from lab.progress import Step


class RichProgress:
    """Shows steps on a console; implements lab.progress.Progress, and may be called from any thread.

    On a terminal the display is live; elsewhere, and where NO_COLOR or CI is set, it is plain lines.
    """

    def __init__(self, console: Console | None = None, environment: Mapping[str, str] = os.environ) -> None:
        self.console = console or Console(highlight=False)
        self._mutex = threading.Lock()
        self._planned: list[str] = []
        self._running: list[StepState] = []
        self._left_out: list[tuple[str, str]] = []
        self._printer: StepPrinter = (
            LivePrinter(self.console, self._running_now, self._remaining_now)
            if _is_live(self.console, environment)
            else LinePrinter(self.console)
        )

    def open(self) -> None:
        """Begin to show; `open_progress` does this and closes again however the block ends."""
        self._printer.open()

    def close(self) -> None:
        """Stop showing and leave the terminal as it was."""
        self._printer.close()

    def plan(self, titles: list[str]) -> None:
        """Add steps to come after those known already; each leaves the list when it is opened."""
        with self._mutex:
            self._planned += [title for title in titles if title not in self._planned]

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Open a step; it ends with the block, failed when an exception leaves it."""
        state = StepState(title)
        with self._mutex:
            if title in self._planned:
                self._planned.remove(title)
            self._running.append(state)
        # The printer is called without the mutex: its drawing thread takes the console first and then asks for it.
        self._printer.begin(state)
        outcome = Outcome.STOPPED
        try:
            yield state
            outcome = Outcome.DONE if state.reason is None else Outcome.UNCHANGED
        except Exception:
            outcome = Outcome.FAILED
            raise
        finally:
            with self._mutex:
                self._running.remove(state)
            self._printer.end(state, outcome)

    def left_out(self, what: str, reason: str) -> None:
        """Record what this machine cannot have; the same thing is listed once."""
        with self._mutex:
            if (what, reason) not in self._left_out:
                self._left_out.append((what, reason))

    def left_out_lines(self) -> list[str]:
        """Return one line for each thing left out, in the order they were met."""
        with self._mutex:
            return [f"{what}: {reason}" for what, reason in self._left_out]

    def _running_now(self) -> list[StepState]:
        with self._mutex:
            return list(self._running)

    def _remaining_now(self) -> list[str]:
        with self._mutex:
            return list(self._planned)


@contextmanager
def open_progress(console: Console | None = None) -> Iterator[RichProgress]:
    """Show a run's progress for the block; the terminal is restored however the block ends."""
    progress = RichProgress(console)
    progress.open()
    try:
        yield progress
    finally:
        progress.close()


def _is_live(console: Console, environment: Mapping[str, str]) -> bool:
    if environment.get("NO_COLOR") or environment.get("CI"):
        return False
    return console.is_terminal and not console.is_dumb_terminal
