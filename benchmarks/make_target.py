"""A make target, run as a user runs it; nothing of it outlives the benchmark."""

__all__ = ["make"]

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandFailedError
from lab.deploy.stack_file import PROJECT_ROOT

_SECONDS: Final = 60.0
"""How long an interrupted command may take to leave a sound state."""


def make(target: str, environment: Mapping[str, str], *more: str, folder: Path = PROJECT_ROOT) -> None:
    """Run a target to its end, with variables laid over the environment; CommandFailedError holds what it said.

    Whatever ends the waiting also ends the command and all it has started: an engine that goes on would bring up what
    is being taken down.
    """
    with tempfile.TemporaryFile() as said:
        process = Command("make", env={**environment, "NO_COLOR": "1"}, cwd=folder).start(target, *more, output=said)
        try:
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        if code != 0:
            said.seek(0)
            raise CommandFailedError("make", code, said.read().decode(errors="replace"), "")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Interrupt the command's whole group, and kill what is left of it after a while."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
