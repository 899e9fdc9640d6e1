"""Running one script: captured and live output, in a process group of its own that ends when the engine says so."""

__all__ = ["ScriptOutput", "run_script"]

import asyncio
import contextlib
import json
import os
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import SptFlowError
from lab.plugins.command.inputs import CommandSettings
from lab.plugins.protocol.errors import OperationCancelledError

_TERM_SECONDS = 2.0  # between SIGTERM and SIGKILL; the engine gives a plugin 5 s in all
_DRAIN_SECONDS = 5.0  # for output that a background process of the script still holds open
_POLL_SECONDS = 0.01
_CHUNK_BYTES = 65536

Say = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class ScriptOutput:
    """What a script printed, each without its last line break."""

    stdout: str
    stderr: str


async def run_script(
    script: str,
    settings: CommandSettings,
    *,
    environment: Mapping[str, str],
    say: Say,
    redact: Callable[[str], str],
    cancelled: asyncio.Event,
    timeout: float,  # noqa: ASYNC109 - the user's limit in seconds, 0 for none, not the caller's
) -> ScriptOutput:
    """Run a script to its end; raise SptFlowError with its output when it fails.

    `environment` is laid over this process's; `say` gets each line while it runs and errors hold the script and its
    output, all passed through `redact`; `cancelled` or the timeout stop the whole process group, first with SIGTERM.
    """
    process = await _start(script, settings, environment)
    capture = _Capture()
    readers = asyncio.gather(
        capture.read(process.stdout, capture.stdout, say if settings.logs_stdout else None),
        capture.read(process.stderr, capture.stderr, say if settings.logs_stderr else None),
        _feed(process, settings.stdin),
    )
    # Before quoting: a secret with a quote or a line break in it would not be recognised afterwards.
    quoted = json.dumps(redact(script), ensure_ascii=False)
    try:
        ended = await _wait(process, cancelled, timeout)
    finally:
        if process.returncode is None:
            await _stop(process)
        await _drain(process, readers)
    if ended == "cancelled":
        raise OperationCancelledError(f"running {quoted}")
    if ended == "timeout":
        raise SptFlowError(f"stopped after {timeout:g} s: running {quoted}:\n{redact(capture.everything)}")
    code = process.returncode or 0
    if code != 0:
        how = f"exit status {code}" if code > 0 else f"signal: {signal.Signals(-code).name}"
        raise SptFlowError(f"{how}: running {quoted}:\n{redact(capture.everything)}")
    return ScriptOutput(_text(capture.stdout).removesuffix("\n"), _text(capture.stderr).removesuffix("\n"))


class _Capture:
    def __init__(self) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._both = bytearray()

    @property
    def everything(self) -> str:
        return _text(self._both)

    async def read(self, stream: asyncio.StreamReader | None, into: bytearray, say: Say | None) -> None:
        if stream is None:
            return
        pending = b""
        while chunk := await stream.read(_CHUNK_BYTES):
            into += chunk
            self._both += chunk
            *lines, pending = (pending + chunk).split(b"\n")
            if say is not None:
                for line in lines:
                    await say(_text(line))
        if say is not None and pending:
            await say(_text(pending))


async def _start(script: str, settings: CommandSettings, environment: Mapping[str, str]) -> Process:
    directory = Path(settings.directory)
    if not await asyncio.to_thread(directory.is_dir):
        raise SptFlowError(f"The directory '{directory}' to run the command in does not exist.")
    program, *arguments = settings.interpreter
    located = program if "/" in program else shutil.which(program)
    if located is None:
        raise SptFlowError(f"The command's interpreter '{program}' is not on PATH.")
    try:
        return await asyncio.create_subprocess_exec(
            located,
            *arguments,
            script,
            stdin=DEVNULL if settings.stdin is None else PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=directory,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    except OSError as error:
        raise SptFlowError(f"The command's interpreter '{program}' cannot be run: {error.strerror}.") from None


async def _feed(process: Process, text: str | None) -> None:
    if process.stdin is None or text is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # a script need not read its input
        process.stdin.write(text.encode())
        await process.stdin.drain()
    process.stdin.close()


async def _wait(process: Process, cancelled: asyncio.Event, seconds: float) -> str:
    exited = asyncio.create_task(_exit_of(process))
    stopped = asyncio.create_task(cancelled.wait())
    try:
        await asyncio.wait({exited, stopped}, timeout=seconds or None, return_when=asyncio.FIRST_COMPLETED)
        if exited.done():
            return "exited"
        return "cancelled" if stopped.done() else "timeout"
    finally:
        exited.cancel()
        stopped.cancel()


async def _exit_of(process: Process) -> None:
    """Wait for the process alone: `Process.wait` also waits until nobody holds its output open any more."""
    while process.returncode is None:  # noqa: ASYNC110 - asyncio has no event for this
        await asyncio.sleep(_POLL_SECONDS)


async def _stop(process: Process) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_exit_of(process), _TERM_SECONDS)
            break
    with contextlib.suppress(ProcessLookupError):  # what the first one left of the group
        os.killpg(process.pid, signal.SIGKILL)


async def _drain(process: Process, readers: "asyncio.Future[tuple[None, None, None]]") -> None:
    try:
        await asyncio.wait_for(readers, _DRAIN_SECONDS)
    except TimeoutError:
        # Somebody else holds the output open: give up this process's end of it.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public does it


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", errors="replace")
