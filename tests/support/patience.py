"""Waiting for what must come to be. The limits are for what never comes: far beyond what the slowest machine takes."""

__all__ = ["wait_for_text", "wait_until"]

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5


def wait_until(
    condition: Callable[[], object],
    *,
    seconds: float = 60.0,
    longest_pause: float = _LONGEST_PAUSE,
    what: str | Callable[[], object] = "what was waited for",
) -> None:
    """Return as soon as a condition holds; fail the test after that many seconds with `what` did not come, or is left.

    It is looked at seldom after a while, at the latest after `longest_pause` seconds.
    """
    end, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while not condition():
        if time.monotonic() >= end:
            pytest.fail(f"not within {seconds:g} s: {what if isinstance(what, str) else what()}")
        time.sleep(pause)
        pause = min(pause * 2, longest_pause)


def wait_for_text(path: Path, *, seconds: float = 60.0) -> str:
    """Return what is in a file, once there is something, without the spaces around it.

    A file that a program opens is there before the text is.
    """
    wait_until(lambda: path.exists() and path.read_text(encoding="utf-8").strip(), seconds=seconds, what=str(path))
    return path.read_text(encoding="utf-8").strip()
