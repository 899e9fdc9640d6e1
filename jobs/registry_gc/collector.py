"""The registry program's own collection, on a volume that no registry serves: tried first, then done."""

__all__ = ["Collector", "Garbage"]

import json
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import Final

from core.command import Command
from core.errors import SptFlowError

_POLL_SECONDS: Final = 0.02
_SLOWEST_POLL: Final = 0.5
_END_SECONDS: Final = 5.0
_BLOB: Final = re.compile(r"^blob eligible for deletion: (sha256:[0-9a-f]{64})$", re.ASCII)
_MANIFEST: Final = re.compile(r"^manifest eligible for deletion: \{\S+ (sha256:[0-9a-f]{64}) ", re.ASCII)


@dataclass(frozen=True)
class Garbage:
    """Digests of what nothing refers to: blobs (manifests are blobs, too), and of these the manifests."""

    blobs: frozenset[str]
    manifests: frozenset[str]


@dataclass(frozen=True)
class Collector:
    """The program `registry` of distribution 3.x; `root` is the volume."""

    program: str
    root: Path

    def find(self, tick: Callable[[], None]) -> Garbage:
        """Return what a collection would delete, and delete nothing; raise SptFlowError."""
        return self._run(tick, "--dry-run")

    def collect(self, tick: Callable[[], None]) -> Garbage:
        """Delete it, and return what it was; raise SptFlowError.

        `tick` is called all the while; what it raises ends the program at once. That leaves garbage, and nothing else:
        what is needed is marked before anything is deleted.
        """
        return self._run(tick)

    def _run(self, tick: Callable[[], None], *options: str) -> Garbage:
        config = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.root)}},
        }
        with tempfile.TemporaryDirectory(prefix="registry-gc-") as name:
            file, output = Path(name) / "config.yml", Path(name) / "output"
            # The registry reads YAML, of which JSON is a part.
            file.write_text(json.dumps(config), encoding="utf-8")
            with output.open("wb") as sink:
                # Without it, traces are sent to a collector on this pod's loopback, where there is none.
                process = Command(self.program, env={"OTEL_TRACES_EXPORTER": "none"}).start(
                    "garbage-collect", "--delete-untagged", *options, str(file), output=sink
                )
                code = _watched(process, tick)
            if code != 0:
                lines = output.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                said = lines[-1] if lines else "it said nothing"
                raise SptFlowError(f"The registry's collection failed with exit code {code}: {said}.")
            return _garbage(output)


def _watched(process: Popen[bytes], tick: Callable[[], None]) -> int:
    """Wait for the program's end and return its exit code; it never outlives this call."""
    pause = _POLL_SECONDS
    try:
        while True:
            with suppress(TimeoutExpired):
                return process.wait(pause)
            tick()
            pause = min(2 * pause, _SLOWEST_POLL)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(_END_SECONDS)


def _garbage(output: Path) -> Garbage:
    blobs, manifests = set(), set()
    with output.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if (blob := _BLOB.match(line)) is not None:
                blobs.add(blob[1])
            elif (manifest := _MANIFEST.match(line)) is not None:
                manifests.add(manifest[1])
    return Garbage(frozenset(blobs), frozenset(manifests))
