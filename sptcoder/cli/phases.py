"""What a command that takes its time is doing: log lines as they come, then one line a phase with its seconds.

On a terminal the lines of the phase at work are a few, and go when it ends; elsewhere every line stays. Everything goes
to stderr.
"""

__all__ = ["Phase", "PhaseRecord", "Phases"]

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from sptcoder.cli.live_region import LiveRegion, plain_text
from sptcoder.cli.terminal import styled

_SHOWN_LINES: Final = 6
_NAME_WIDTH: Final = 13
_TICK: Final = 1.0
"""Seconds between two drawings while nothing happens: the clock goes on, and hardly any work is done."""


@dataclass(frozen=True)
class PhaseRecord:
    """A phase that has ended; `seconds` is how long it took."""

    name: str
    seconds: float
    succeeded: bool


class Phase:
    """The phase at work."""

    def __init__(self, owner: "Phases", name: str, started: float) -> None:
        self._owner = owner
        self.name = name
        self.started = started
        self.status = ""
        self.lines: deque[str] = deque(maxlen=_SHOWN_LINES)

    def log(self, text: str) -> None:
        """Show a line of a log."""
        line = plain_text(text)
        if line:
            self.lines.append(line)
            self._owner.show_log(line)

    def say(self, status: str) -> None:
        """Set what stands behind the phase's seconds: what it waits for, and at its end what came of it."""
        if status != self.status:
            self.status = plain_text(status)
            self._owner.redraw()


class Phases:
    """Shows one phase after the other on `stream`, and remembers them; `live` is a terminal's way of showing."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stream = stream or sys.stderr
        self._region = LiveRegion(self._stream) if (_is_live(self._stream) if live is None else live) else None
        self._marks = _marks(self._stream)
        self.clock = clock
        self._sleep = sleep
        self._at_work: Phase | None = None
        self.finished: list[PhaseRecord] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[Phase]:
        """Show a phase for the block; one that raises is marked as failed, and the error goes on."""
        self._at_work = phase = Phase(self, name, self.clock())
        if self._region is None:
            self._write(f"{name} ...", "bold")
        self.redraw()
        succeeded = False
        try:
            yield phase
            succeeded = True
        finally:
            self._at_work = None
            self._end(phase, succeeded=succeeded)

    def note(self, text: str, style: str | None = None) -> None:
        """Write a line that stays, in the middle of a phase or between two."""
        if self._region is not None:
            self._region.clear()
        self._write(plain_text(text), style)
        self.redraw()

    def sleep(self, seconds: float) -> None:
        """Wait; the clock on the terminal goes on."""
        while seconds > 0:
            part = min(seconds, _TICK)
            self._sleep(part)
            seconds -= part
            self.redraw()

    def show_log(self, line: str) -> None:
        """Show a line of the phase at work; it stays where there is no terminal."""
        if self._region is None:
            self._write(f"    {line}")
        self.redraw()

    def redraw(self) -> None:
        """Draw the phase at work anew."""
        phase = self._at_work
        if self._region is None or phase is None:
            return
        head = self._line(self._marks["wait"], phase, f"{int(self.clock() - phase.started):5d} s  ")
        self._region.draw([(head, "bold"), *((f"    {line}", "dim") for line in phase.lines)])

    def _end(self, phase: Phase, *, succeeded: bool) -> None:
        seconds = self.clock() - phase.started
        self.finished.append(PhaseRecord(phase.name, seconds, succeeded))
        if self._region is not None:
            self._region.clear()
        mark, style = (self._marks["done"], "green") if succeeded else (self._marks["failed"], "red")
        self._write(self._line(styled(mark, style, self._stream), phase, f"{seconds:5.1f} s  "))

    def _line(self, mark: str, phase: Phase, seconds: str) -> str:
        return f"{mark} {phase.name:<{_NAME_WIDTH}}{seconds}{phase.status}".rstrip()

    def _write(self, line: str, style: str | None = None) -> None:
        self._stream.write((styled(line, style, self._stream) if style else line) + "\n")
        self._stream.flush()


def _is_live(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    return stream.isatty() and environment.get("TERM") != "dumb" and not environment.get("CI")


def _marks(stream: TextIO) -> dict[str, str]:
    """Return the marks of a line, in letters where the stream cannot hold signs."""
    signs = {"wait": "\u2026", "done": "\u2713", "failed": "\u2717"}
    try:
        "".join(signs.values()).encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return {"wait": "..", "done": "ok", "failed": "no"}
    return signs
