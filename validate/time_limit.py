"""Work that may hang or leave processes behind: in a process of its own, which goes with all it has started."""

__all__ = ["LimitedWork"]

import ctypes
import json
import os
import signal
import time
from collections.abc import Callable
from typing import Final, NoReturn

from validate.family import end_family
from validate.outcome import CheckFailedError, CheckSkippedError, Status

_PR_SET_CHILD_SUBREAPER: Final = 36  # <linux/prctl.h>


class LimitedWork:
    """Work in a child process from the moment this is made; `fileno` becomes readable as it ends or dies."""

    def __init__(self, seconds: float, work: Callable[[], str]) -> None:
        self._limit = seconds
        self._started = time.monotonic()
        self._reading, writing = os.pipe()
        self._said = b""
        self._pid = os.fork()
        if self._pid == 0:
            _be_the_child(writing, work)
        os.close(writing)

    def fileno(self) -> int:
        """Return what to wait for."""
        return self._reading

    @property
    def seconds(self) -> float:
        """Return how long it has been running."""
        return time.monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        """Return the rest of its time; not below zero."""
        return max(0.0, self._limit - self.seconds)

    def read(self) -> bool:
        """Take what is there to be read, and say whether that was the end."""
        part = os.read(self._reading, 1 << 16)
        self._said += part
        return not part

    def finish(self) -> tuple[Status, str]:
        """End the process and all it has started, and return what came of it."""
        os.close(self._reading)
        end_family(self._pid)
        _, code = os.waitpid(self._pid, 0)
        if self._said.endswith(b"\n"):
            status, message = json.loads(self._said)
            return Status(status), str(message)
        if self.seconds_left == 0:
            return Status.FAILED, f"It did not end within {self._limit:g} s, so it was given up."
        return Status.FAILED, f"The process that tried it died (wait status {code})."


def _be_the_child(writing: int, work: Callable[[], str]) -> NoReturn:
    """Do the work, say what came of it, and wait to be ended; never return into the parent's code."""
    try:
        os.setsid()
        # What daemons leave behind becomes a child of this process, where it is found and ended.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.write(writing, json.dumps(_result(work)).encode() + b"\n")
        os.close(writing)
        while True:
            signal.pause()
    finally:
        os._exit(1)


def _result(work: Callable[[], str]) -> tuple[str, str]:
    try:
        return Status.PASSED.value, work()
    except CheckSkippedError as skipped:
        return Status.SKIPPED.value, skipped.message
    except CheckFailedError as failed:
        return Status.FAILED.value, failed.message
    except Exception as error:  # noqa: BLE001 - a check that breaks is a check that fails
        return Status.FAILED.value, f"The check itself broke: {type(error).__name__}: {error}"
