"""Running something that may hang in the kernel: in a process of its own, which is killed at the limit."""

__all__ = ["within"]

import os
import pickle
import selectors
import signal
import time
from collections.abc import Callable
from typing import TypeVar

from microvm.device import KvmError

Result = TypeVar("Result")


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Return what `work` returns in a child process; raise KvmError, its own or for the time that ran out."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _report(writing, work)
    os.close(writing)
    try:
        answer = _read_until(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if answer is None:
        raise KvmError(f"no end after {seconds:g} s, so it was given up")
    if not answer:
        raise KvmError(f"the process that tried it died (wait status {status})")
    # The bytes come from our own child alone.
    outcome = pickle.loads(answer)  # noqa: S301
    if isinstance(outcome, KvmError):
        raise outcome
    result: Result = outcome
    return result


def _report(writing: int, work: Callable[[], Result]) -> None:
    """Do the work in the child, write its outcome, and end without the parent's clean-up."""
    try:
        outcome: object = work()
    except KvmError as error:
        outcome = KvmError(str(error), error.code)
    except BaseException as error:  # noqa: BLE001 - a child must not go on as a second parent
        outcome = KvmError(f"it failed with {type(error).__name__}")
    with os.fdopen(writing, "wb") as sink:
        pickle.dump(outcome, sink)
    os._exit(0)


def _read_until(reading: int, end: float) -> bytes | None:
    """Return all that the child writes, None if it has not closed its side by then."""
    found = b""
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        while selector.select(max(0.0, end - time.monotonic())):
            part = os.read(reading, 1 << 16)
            if not part:
                return found
            found += part
    return None
