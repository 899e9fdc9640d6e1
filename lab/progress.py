"""How long work tells what it is doing: named steps, each with notes while it runs and one outcome."""

__all__ = ["Progress", "SilentProgress", "Step"]

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Step(Protocol):
    """One named piece of work in progress."""

    def note(self, text: str) -> None:
        """Say what is happening inside the step right now; replaces the note before."""

    def unchanged(self, reason: str) -> None:
        """Mark the step as one that found its work already done, for example "already built"."""


class Progress(Protocol):
    """Where steps are shown. An exception that leaves a step marks it failed and goes on upwards."""

    def plan(self, titles: list[str]) -> None:
        """Announce the steps to come, so that what remains can be shown."""

    def step(self, title: str) -> AbstractContextManager[Step]:
        """Open a step; it ends with the block."""

    def left_out(self, what: str, reason: str) -> None:
        """Record one thing this machine cannot have, with the reason; listed at the end."""


class _SilentStep:
    def note(self, text: str) -> None:
        pass

    def unchanged(self, reason: str) -> None:
        pass


class SilentProgress:
    """Shows nothing; for tests and for callers with a display of their own."""

    def plan(self, titles: list[str]) -> None:
        """Forget the plan."""

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Open a step nobody sees."""
        del title
        yield _SilentStep()

    def left_out(self, what: str, reason: str) -> None:
        """Forget it."""
