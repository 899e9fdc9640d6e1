"""The one subprocess wrapper: argument lists only, no shell, secrets by environment or stdin, never by argv."""

__all__ = ["Command", "CommandResult", "pipes_of"]

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from core.errors import CommandFailedError, CommandNotFoundError, CommandTimeoutError

_KILLED: Final = 128


@dataclass(frozen=True)
class CommandResult:
    """What a finished program left: exit code and decoded output."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Command:
    """A program with the environment it runs in; `run` waits for it, `start` leaves it running.

    `env` is laid over the caller's environment; `path` is put before PATH.
    """

    program: str
    env: Mapping[str, str] = field(default_factory=dict, repr=False)  # it may hold secrets
    path: Sequence[Path] = ()
    cwd: Path | None = None

    def environment(self) -> dict[str, str]:
        """Return the complete environment the program gets."""
        merged = {**os.environ, **self.env}
        search = [*(str(folder) for folder in self.path), merged.get("PATH", "")]
        merged["PATH"] = os.pathsep.join(part for part in search if part)
        return merged

    def locate(self) -> str:
        """Return the absolute path of the program; raise CommandNotFoundError when PATH has none."""
        found = shutil.which(self.program, path=self.environment()["PATH"])
        if found is None:
            raise CommandNotFoundError(self.program)
        return found

    def run(
        self, *args: str, stdin: str | None = None, timeout: float | None = None, check: bool = True
    ) -> CommandResult:
        """Run to the end with captured output; with `check`, a non-zero exit raises CommandFailedError."""
        try:
            done = subprocess.run(
                [self.locate(), *args],
                env=self.environment(),
                cwd=self.cwd,
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            raise CommandTimeoutError(self.program, expired.timeout) from None
        if check and done.returncode != 0:
            raise CommandFailedError(self.program, done.returncode, done.stdout, done.stderr)
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def attach(self, *args: str) -> int:
        """Run with the caller's terminal, stdin, stdout and stderr, and return the exit code.

        Ctrl-C reaches the program as well; it is waited for, and KeyboardInterrupt is raised when it has ended.
        A program that was killed by a signal counts as a shell counts it: 128 and the signal's number.
        """
        process = subprocess.Popen([self.locate(), *args], env=self.environment(), cwd=self.cwd)
        interrupted = False
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                interrupted = True
        if interrupted:
            raise KeyboardInterrupt
        return code if code >= 0 else _KILLED - code

    def stream(
        self,
        *args: str,
        stderr: int | IO[bytes],
        stdin: int | IO[bytes] = subprocess.PIPE,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start with pipes at stdin and stdout, for data that does not fit into memory.

        Ctrl-C does not reach the program: whoever holds its pipes ends it.
        """
        return subprocess.Popen(
            [self.locate(), *args],
            env=self.environment(),
            cwd=self.cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def start(self, *args: str, output: IO[bytes] | None = None, new_session: bool = True) -> subprocess.Popen[bytes]:
        """Start and return at once; stdout and stderr go to `output`, or nowhere."""
        sink = subprocess.DEVNULL if output is None else output
        return subprocess.Popen(
            [self.locate(), *args],
            env=self.environment(),
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=new_session,
        )


def pipes_of(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return stdin and stdout of what `Command.stream` started with pipes at both."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("this process was started without pipes")
    return process.stdin, process.stdout
