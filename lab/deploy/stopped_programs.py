"""Ending the programs that the SDK leaves half-way when their run fails."""

__all__ = ["end_stopped_programs"]

import asyncio
import gc
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Final

_SECONDS: Final = 5.0
_PAUSE: Final = 0.02
_ROUNDS: Final = 50
_PROGRAM: Final = "run_in_stack"
_HOST: Final = "pulumi/automation/_server.py"


def end_stopped_programs(seconds: float = _SECONDS) -> None:
    """Cancel every inline program that has not ended, and close its event loop; wait that long for those at work.

    To be called when no run is on. A failed run's engine is gone while its program still asks it for things. The SDK's
    answer to the first such error is to stop the event loop (pulumi 3.272.0, `_exception_handler` in
    pulumi/automation/_server.py), and the next one interrupts its own tidying, too: the loop stays open, with the
    program in it. Whoever frees that later, in the middle of something else, is told `no running event loop`; and a
    program that no such error reaches waits for ever, in a thread that Python waits for at its own end.
    """
    end = time.monotonic() + seconds
    while _hosts_at_work() and time.monotonic() < end:
        for task in _programs():
            with suppress(RuntimeError):  # the loop was closed meanwhile
                task.get_loop().call_soon_threadsafe(task.cancel)
        time.sleep(_PAUSE)
    if not _hosts_at_work():
        for loop in {task.get_loop() for task in _programs()}:
            _finish(loop)


def _programs() -> list["asyncio.Task[object]"]:
    tasks = [found for found in gc.get_objects() if isinstance(found, asyncio.Task) and not found.done()]
    return [
        task
        for task in tasks
        if getattr(task.get_coro(), "__name__", "") == _PROGRAM and not task.get_loop().is_closed()
    ]


def _hosts_at_work() -> bool:
    """Say whether a thread is in the SDK's server of programs, which alone may touch a loop it has not left."""
    return any(_is_host(frame) for frame in sys._current_frames().values())  # noqa: SLF001 - the documented way to them


def _is_host(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.endswith(_HOST):
            return True
        frame = frame.f_back
    return False


def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """Let everything in a loop that nobody runs any more be cancelled, and close it."""
    loop.set_exception_handler(lambda *_: None)
    for _ in range(_ROUNDS):  # what is cancelled may begin something new to end with
        left = asyncio.all_tasks(loop)
        if not left:
            break
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.wait(left, timeout=_PAUSE))
    loop.close()
