"""`sptcoder up`, recorded from a real run on a real pseudo-terminal."""

__all__ = ["record"]

import os
import time
from collections.abc import Mapping, Sequence
from typing import Final

import pexpect

from core.errors import SptFlowError
from release.recording_svg import Frame
from release.terminal_process import TerminalProcess
from release.terminal_screen import Screen

_COLUMNS: Final = 100
_ROWS: Final = 40
_SECONDS: Final = 300.0
_STEP: Final = 0.25
"""Seconds: what happens faster is shown in one picture."""


def record(program: str, words: Sequence[str], environment: Mapping[str, str], *, shown: str) -> list[Frame]:
    """Run a program to its end and return what its terminal showed, under a prompt with the command `shown`.

    Raises SptFlowError if it fails, or does not end.
    """
    screen = Screen(_COLUMNS)
    screen.feed(f"\x1b[32m$\x1b[0m \x1b[1m{shown}\x1b[0m\r\n")
    frames = [Frame(0.0, screen.lines())]
    environ = {**os.environ, "TERM": "xterm-256color", **environment}
    process = TerminalProcess(
        program, list(words), env=environ, encoding="utf-8", dimensions=(_ROWS, _COLUMNS), timeout=_SECONDS
    )
    began = time.monotonic()
    while _feed(process, screen):
        seconds = round(time.monotonic() - began, 2)
        if seconds > _SECONDS:
            process.close(force=True)
            raise SptFlowError(f"'{shown}' did not end within {_SECONDS:g} s.")
        if screen.lines() != frames[-1].lines:
            frames.append(Frame(seconds, screen.lines()))
    process.close()
    if process.exitstatus != 0:
        raise SptFlowError(f"'{shown}' ended with exit code {process.exitstatus}.")
    frames.append(Frame(round(time.monotonic() - began, 2), screen.lines()))
    return frames


def _feed(process: TerminalProcess, screen: Screen) -> bool:
    """Show what comes within a step; return False at the end."""
    end = time.monotonic() + _STEP
    while (left := end - time.monotonic()) > 0:
        try:
            screen.feed(process.read_nonblocking(4096, timeout=left))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
    return True
