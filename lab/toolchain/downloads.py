"""Module downloads that run ahead of the builds: the network is busy while the processors are."""

__all__ = ["Downloads"]

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from core.errors import SptFlowError
from lab.progress import Step
from lab.toolchain.build import Builder, StoppedError
from lab.toolchain.gotools import GoTool

_ROOM_BYTES = 8 * 1024**3
"""Modules of later tools are brought only while this much of the disk is free; the tool next in turn always is."""
_ATTEMPTS = 3
_PAUSE_SECONDS = 3.0
_POLL_SECONDS = 0.5
_FINAL = ("403", "404", "410")


class Downloads:
    """A thread that brings the modules of one tool after another.

    A download that fails for good stops the build in progress: the run fails early, with that error, and what has been
    compiled is kept.
    """

    def __init__(self, builder: Builder, tools: Sequence[GoTool]) -> None:
        self._builder = builder
        self._tools = tools
        self._done = {tool.name: threading.Event() for tool in tools}
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._between = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="module-downloads", daemon=True)
        self.error: SptFlowError | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._builder.stop()
        self._thread.join()

    def wait(self, tool: GoTool, step: Step) -> None:
        """Return when the tool's modules are there; raise the error that stopped the downloads."""
        started = time.monotonic()
        self._wanted.set()
        while not self._done[tool.name].wait(_POLL_SECONDS):
            step.note(f"fetching modules, {time.monotonic() - started:.0f} s")
        self._wanted.clear()
        if self.error is not None:
            raise self.error

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold the next download back for the block, after the one in progress has ended."""
        with self._between:
            yield

    def _run(self) -> None:
        try:
            for tool in self._tools:
                self._wait_for_room()
                if self._closing.is_set():
                    return
                with self._between:
                    self._fetch(tool)
                self._done[tool.name].set()
        except StoppedError:
            pass
        except SptFlowError as failure:
            self.error = failure
            self._builder.stop()
        except OSError as failure:
            self.error = SptFlowError(f"Modules cannot be stored in {self._builder.cache.root}: {failure.strerror}.")
            self._builder.stop()
        finally:
            for event in self._done.values():
                event.set()

    def _wait_for_room(self) -> None:
        while not (self._closing.is_set() or self._wanted.is_set()):
            if shutil.disk_usage(self._builder.cache.root).free > _ROOM_BYTES:
                return
            time.sleep(_POLL_SECONDS)

    def _fetch(self, tool: GoTool) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._builder.download(tool)
            except StoppedError:
                raise
            except SptFlowError as failure:
                refused = any(f" {code} " in f" {failure.message} " for code in _FINAL)
                if refused or attempt == _ATTEMPTS or self._closing.wait(_PAUSE_SECONDS * attempt):
                    raise
            else:
                return
