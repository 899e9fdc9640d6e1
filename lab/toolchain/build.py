"""Building one tool: its modules come in, its packages compile, its programs appear under their names at once."""

__all__ = ["Builder", "StoppedError"]

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from core.errors import SptFlowError
from lab.progress import Step
from lab.toolchain.cache import Cache
from lab.toolchain.golang import GoCompiler
from lab.toolchain.gotools import GoTool
from lab.toolchain.registry_error import build_failure
from lab.toolchain.stamp import Stamp

_POLL_SECONDS = 0.5
_DOWNLOADING = b"go: downloading "


class StoppedError(SptFlowError):
    """The build was ended by `Builder.stop`; whoever called that knows why."""

    def __init__(self) -> None:
        super().__init__("The build was stopped.")


@dataclass
class Builder:
    """Builds tools one after another with one compiler into one cache.

    Everything that costs time is kept as it is done, so that a run killed at any point is resumed by the next.
    """

    compiler: GoCompiler
    cache: Cache
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    @cached_property
    def _proxy(self) -> str:
        return self.compiler.proxy()

    def stamp(self, tool: GoTool) -> Stamp:
        """Return the stamp of the tool for this compiler."""
        return Stamp.of(tool, self.cache, self.compiler.fingerprint)

    def download(self, tool: GoTool, step: Step | None = None) -> None:
        """Bring the modules that the tool's packages need; raise SptFlowError when one cannot be had."""
        self._go(tool, step, "list", "-deps", "-f", "{{.ImportPath}}", *tool.packages)

    def build(self, tool: GoTool, step: Step) -> None:
        """Compile and link the tool, move its programs into place and write its stamp."""
        target = Path(tempfile.mkdtemp(prefix=f"{tool.name}-", dir=self.cache.temporary))
        try:
            output = target / tool.programs[0] if len(tool.programs) == 1 else target
            self._go(tool, step, "build", "-v", "-ldflags", tool.link_flags, "-o", f"{output}", *tool.packages)
            for program in tool.programs:
                (target / program).replace(self.cache.bin / program)
        finally:
            shutil.rmtree(target, ignore_errors=True)
        self.stamp(tool).write()
        shutil.rmtree(self.cache.modules(tool.name), ignore_errors=True)

    def stop(self) -> None:
        """End every go that still runs, and let none start any more."""
        with self._guard:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _kill(process)

    def _go(self, tool: GoTool, step: Step | None, *args: str) -> None:
        command = self.compiler.command(self.cache, tool.name, self._proxy)
        with tempfile.TemporaryFile(dir=self.cache.temporary) as output:
            process = self._start(tool, command.locate(), args, command.environment(), output)
            with self._registered(process):
                self._follow(process, output, step)
            if process.returncode != 0:
                if self._stopped:
                    raise StoppedError
                output.seek(0)
                raise build_failure(tool, output.read().decode(errors="replace"), self._proxy)

    def _start(
        self, tool: GoTool, program: str, args: tuple[str, ...], environment: dict[str, str], output: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        # Not core.command's start: what the build prints on stdout (list) is noise, on stderr is its progress.
        return subprocess.Popen(
            [program, *self.compiler.arguments(*args)],
            env=environment,
            cwd=tool.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,
        )

    @contextmanager
    def _registered(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._guard:
            self._running.add(process)
            if self._stopped:
                _kill(process)
        try:
            yield
        finally:
            _kill(process)
            with self._guard:
                self._running.discard(process)

    def _follow(self, process: subprocess.Popen[bytes], output: IO[bytes], step: Step | None) -> None:
        started = time.monotonic()
        while True:
            try:
                process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if step is not None:
                    step.note(_activity(Path(f"/proc/self/fd/{output.fileno()}"), time.monotonic() - started))
            else:
                return


def _activity(log: Path, seconds: float) -> str:
    lines = log.read_bytes().splitlines()
    fetched = sum(line.startswith(_DOWNLOADING) for line in lines)
    compiled = len(lines) - fetched
    parts = [f"{compiled} packages compiled"] if compiled else []
    parts += [f"{fetched} modules fetched"] if fetched else []
    return f"{', '.join(parts) or 'reading modules'}, {seconds:.0f} s"


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        # Its compilers are in its session; none may go on for nobody.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
