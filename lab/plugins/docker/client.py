"""Running the docker client: its lines are shown while it works, its last ones explain a failure."""

__all__ = ["DockerClient", "DockerFailedError"]

import asyncio
import contextlib
import os
import re
import shutil
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.errors import CommandNotFoundError, SptFlowError
from lab.plugins.protocol.errors import OperationCancelledError

_TERM_SECONDS: Final = 2.0  # between SIGTERM and SIGKILL; the engine gives a plugin 5 s in all
_SHOW_SECONDS: Final = 0.1
_CHUNK_BYTES: Final = 65536
_LAST_LINES: Final = 12
_FAILED_STEP: Final = re.compile(r"#(\d+) ERROR: ")
_RULE: Final = re.compile(r"-+")
"""The line above and below what BuildKit says about the step that failed."""

Say = Callable[[str], Awaitable[None]]


class DockerFailedError(SptFlowError):
    """The client ended with an error; the message is the end of what it said."""


@dataclass
class DockerClient:
    """The client for one operation. `environment` is all it gets; `deadline` is on time.monotonic()'s clock.

    `say` shows a line until the next one, `tell` one that stays; both get no secrets.
    """

    environment: Mapping[str, str] = field(repr=False)
    say: Say
    tell: Say
    redact: Callable[[str], str]
    cancelled: asyncio.Event
    deadline: float | None = None
    first_path: str = "/usr/bin"
    """Where the client is looked for before PATH: Debian's needs no plugin for BuildKit."""

    async def follow(self, *args: str, environment: Mapping[str, str] | None = None) -> list[str]:
        """Run to the end and return its lines, both outputs together; each was shown, without secrets.

        Raises DockerFailedError when it fails, OperationCancelledError when the engine stops the operation.
        """
        process = await self._start(args, {**self.environment, **(environment or {})})
        lines: list[str] = []
        reading = asyncio.create_task(self._read(process, lines))
        ended = await self._wait(process, reading, f"docker {args[0]}")
        if ended != 0:
            raise DockerFailedError(self.redact("\n".join(_explanation(lines)) or f"docker {args[0]} said nothing"))
        return lines

    async def _start(self, args: tuple[str, ...], environment: Mapping[str, str]) -> Process:
        program = shutil.which("docker", path=os.pathsep.join([self.first_path, environment.get("PATH", "")]))
        if program is None:
            raise CommandNotFoundError("docker")
        return await asyncio.create_subprocess_exec(
            program, *args, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, env=environment, start_new_session=True
        )

    async def _read(self, process: Process, lines: list[str]) -> None:
        stream = process.stdout
        shown, pending = 0.0, b""
        while stream is not None and (chunk := await stream.read(_CHUNK_BYTES)):
            *complete, pending = (pending + chunk).replace(b"\r", b"\n").split(b"\n")
            found = [line.decode(errors="replace").rstrip() for line in complete]
            lines += [line for line in found if line]
            if lines and time.monotonic() - shown > _SHOW_SECONDS:
                shown = time.monotonic()
                await self.say(self.redact(lines[-1]))
        if rest := pending.decode(errors="replace").strip():
            lines.append(rest)

    async def _wait(self, process: Process, reading: "asyncio.Task[None]", what: str) -> int:
        stopped = asyncio.create_task(self.cancelled.wait())
        left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        try:
            await asyncio.wait({reading, stopped}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                await reading
                return await process.wait()
            if stopped.done():
                raise OperationCancelledError(what)
            raise SptFlowError(f"'{what}' did not end within the time that the resource gives it and was stopped.")
        finally:
            stopped.cancel()
            await _stop(process)
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading


async def _stop(process: Process) -> None:
    """End the client if it still runs: BuildKit stops a build whose client is gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _TERM_SECONDS)


def _explanation(lines: list[str]) -> list[str]:
    """Return the last lines that explain a failure: what the failed step printed, then BuildKit's own account.

    Without such an account (a push, a missing context) it is what is no progress of a step.
    """
    start = next((number for number, line in enumerate(lines) if _RULE.fullmatch(line)), None)
    if start is None:
        return [line for line in lines if not line.startswith("#")][-_LAST_LINES:]
    failed = [found[1] for line in lines if (found := _FAILED_STEP.match(line))][-1:]
    printed = [line for step in failed for line in _printed(lines, step)]
    account = [line for line in lines[start:] if not _RULE.fullmatch(line)]
    return [*printed[-_LAST_LINES:], *account[-_LAST_LINES:]]


def _printed(lines: list[str], step: str) -> list[str]:
    """Return what a step printed, without the number and the seconds that BuildKit puts before each line."""
    start = re.compile(rf"#{step} \d+\.\d+ (?=\S)")
    return [line[found.end() :] for line in lines if (found := start.match(line))]
