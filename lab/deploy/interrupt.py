"""Ctrl-C during a run: the engine is asked once to stop, and gets the time to write down what it did."""

__all__ = ["InterruptGuard"]

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

import psutil


class InterruptGuard:
    """Within the block SIGINT and SIGTERM do not raise: they interrupt the engine below this process.

    The first asks it to stop after the step in flight, the second to give that step up as well; after the third the
    engine is killed, and only then may a lock be left, which the next run removes.
    """

    def __init__(self, on_interrupt: Callable[[int], None]) -> None:
        self.count = 0
        self._on_interrupt = on_interrupt
        self._before: dict[
            signal.Signals, signal.Handlers | Callable[[int, FrameType | None], object] | int | None
        ] = {}

    def __enter__(self) -> Self:
        """Install the handlers; only the main thread can."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put back the handlers that were there."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def requested(self) -> bool:
        """Tell whether the user asked to stop."""
        return self.count > 0

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.count += 1
        self._on_interrupt(self.count)
        for child in psutil.Process().children():
            try:
                if child.name() == "pulumi":
                    child.send_signal(signal.SIGINT if self.count < _KILL_AT else signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue


_KILL_AT = 3
