"""The command line as its users have it: a real process, with a home of its own and nothing of this machine's."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from release.terminal_process import TerminalProcess

CHECKOUT: Final = Path(__file__).resolve().parents[2]
_KEPT: Final = ("PATH", "LANG", "TMPDIR")
"""What a process may know of this machine."""

_CONFIGURATION: Final = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True)
class CliResult:
    """What a command left, and how many seconds it took."""

    returncode: int
    stdout: str
    stderr: str
    seconds: float


@dataclass(frozen=True)
class CliRun:
    """Runs `sptcoder` in a folder that is its whole home: configuration, caches, the folder it works in.

    `environment` is laid over the little it knows of this machine. Nothing of Coder's, git's or a pipeline's is known.
    """

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def work(self) -> Path:
        """Return the folder commands are started in."""
        return self.folder / "work"

    def sign_in(self, url: str, token: str, *words: str) -> None:
        """Sign in to a server, as `sptcoder init` does without a terminal."""
        self.run("init", "--url", url, "--token-stdin", *words, stdin=token)

    def variables(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the complete environment of a command."""
        places = {name: str(self.folder / name.lower()) for name in _CONFIGURATION}
        for place in (*places.values(), str(self.work)):
            Path(place).mkdir(parents=True, exist_ok=True)
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **places,
            "PYTHONPATH": str(CHECKOUT),
            "SPT_FLOW_SKIP_UPDATE_CHECK": "true",
            "GIT_CONFIG_NOSYSTEM": "1",
            **self.environment,
            **(env or {}),
        }

    def run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        check: bool = True,
        timeout: float = 180,
        cwd: Path | None = None,
    ) -> CliResult:
        """Run a command to its end, without a terminal; with `check`, anything but success fails the test."""
        variables = self.variables(env)
        began = time.monotonic()
        done = subprocess.run(
            _argv(words),
            env=variables,
            cwd=cwd or self.work,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        result = CliResult(done.returncode, done.stdout, done.stderr, time.monotonic() - began)
        if check and done.returncode != 0:
            pytest.fail(f"sptcoder {' '.join(words)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return result

    @contextmanager
    def started(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Iterator["subprocess.Popen[str]"]:
        """Start a command without a terminal and leave it running for the block; whatever is left of it is killed."""
        process = subprocess.Popen(
            _argv(words),
            env=self.variables(env),
            cwd=cwd or self.work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    @contextmanager
    def terminal(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
        cwd: Path | None = None,
        size: tuple[int, int] = (40, 120),
    ) -> Iterator[TerminalProcess]:
        """Run a command on a pseudo-terminal of `size` rows and columns, for the block."""
        argv = _argv(words)
        child = TerminalProcess(
            argv[0],
            argv[1:],
            env={"TERM": "xterm-256color", **self.variables(env)},
            cwd=str(cwd or self.work),
            timeout=timeout,
            dimensions=size,
            encoding="utf-8",
        )
        try:
            yield child
        finally:
            child.close(force=True)

    def forget(self) -> None:
        """Remove the home."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _argv(words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "sptcoder", *words]
