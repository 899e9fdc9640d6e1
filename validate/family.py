"""A process and everything that came of it, found in /proc."""

__all__ = ["end_family"]

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_PATIENCE: Final = 2.0
_PAUSE: Final = 0.02


def end_family(pid: int) -> None:
    """Kill every descendant of a process that adopts orphans, then the process itself, which is not waited for.

    What may not be killed, such as another user's process, is left after two seconds.
    """
    end = time.monotonic() + _PATIENCE
    while (living := _descendants(pid)) and time.monotonic() < end:
        for each in living:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(each, signal.SIGKILL)
        time.sleep(_PAUSE)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The program's name, in parentheses, may hold anything: what follows it is read.
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        next_ones = children.get(waiting.pop(), [])
        found += next_ones
        waiting += next_ones
    return found
