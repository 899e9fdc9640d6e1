"""Noticing that the engine is gone, however it went, and being told to end."""

__all__ = ["Lifeline"]

import asyncio
import contextlib
import os
import signal
import stat
from types import TracebackType
from typing import Self

_PARENT_POLL_SECONDS = 1.0


class Lifeline:
    """Sets `ended` when the engine died or asks this process to end.

    The engine holds the other end of this process's stdin, so its death closes it; a parent that is no longer the one
    that started this process says the same where a wrapper kept stdin open. The engine ends a plugin with SIGINT to
    its process group, which is one of its own: the user's Ctrl-C never arrives here, that comes as a Cancel call.
    """

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._parent = os.getppid()
        self._poll: asyncio.Task[None] | None = None
        self._stdin_watched = False

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.ended.set)
        if _is_pipe(0):
            os.set_blocking(0, False)
            loop.add_reader(0, self._read_stdin)
            self._stdin_watched = True
        self._poll = asyncio.create_task(self._watch_parent())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        self._forget_stdin()
        if self._poll is not None:
            self._poll.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poll

    def _read_stdin(self) -> None:
        try:
            data = os.read(0, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._forget_stdin()
            self.ended.set()

    def _forget_stdin(self) -> None:
        if self._stdin_watched:
            asyncio.get_running_loop().remove_reader(0)
            self._stdin_watched = False

    async def _watch_parent(self) -> None:
        while os.getppid() == self._parent:  # noqa: ASYNC110 - the kernel sets no event for this
            await asyncio.sleep(_PARENT_POLL_SECONDS)
        self.ended.set()


def _is_pipe(descriptor: int) -> bool:
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:  # started with stdin closed
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
