"""Ending a benchmark before its time, so that it still takes away what it has brought up."""

__all__ = ["end_engines", "end_in_order"]

import signal
from contextlib import suppress
from types import FrameType
from typing import Final, NoReturn

import psutil

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ENGINE: Final = "pulumi"


def end_in_order() -> None:
    """Let every polite way to end this process be a KeyboardInterrupt; further ones are ignored from then on.

    Python's default for SIGTERM runs no `finally`, and a shell's background jobs do not even hear SIGINT.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def end_engines(seconds: float = 30.0) -> None:
    """Interrupt the engines that this process has started and no longer waits for; kill those that go on after that."""
    engines = [child for child in psutil.Process().children(recursive=True) if child.name() == _ENGINE]
    for number in (signal.SIGINT, signal.SIGKILL):
        for engine in engines:
            with suppress(psutil.NoSuchProcess):
                engine.send_signal(number)
        _, engines = psutil.wait_procs(engines, seconds)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
