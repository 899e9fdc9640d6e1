"""The signal by which pods are stopped: heard as a wish, and answered between two steps."""

__all__ = ["StopRequest", "StoppedError"]

import signal
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self

from core.errors import SptFlowError


class StoppedError(SptFlowError):
    """Somebody asked the run to stop."""


@dataclass
class StopRequest:
    """Hears SIGTERM for the block.

    An error raised in the handler would come up inside whatever library is at work, which may swallow it or break over
    it; so the handler only notes the wish, and the work asks for it.
    """

    is_made: bool = False

    def __enter__(self) -> Self:
        self._former = signal.signal(signal.SIGTERM, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGTERM, self._former)

    def check(self) -> None:
        """Raise StoppedError if the signal has come."""
        if self.is_made:
            raise StoppedError("The run was asked to stop.")

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.is_made = True
