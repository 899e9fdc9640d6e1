import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.registry_gc.closure import Clock
from jobs.registry_gc.collector import Collector
from jobs.registry_gc.gate import Hold, HoldLostError
from jobs.registry_gc.registry_client import RegistryClient
from jobs.registry_gc.run import Collection
from jobs.registry_gc.settings import RegistryGcSettings
from jobs.registry_gc.storage import RegistryStorage
from tests.support.local_registry import PROGRAM, LocalRegistry


@dataclass
class LocalGate:
    """A gate whose Deployment is a process of this machine; `before` is asked before every call, by the call's name."""

    registry: LocalRegistry
    held: Hold | None = None
    running: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    wanted: int = 1

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)

    def replicas(self) -> int:
        self._call("replicas")
        return self.wanted

    def scale(self, replicas: int) -> None:
        self._call(f"scale {replicas}")
        self.wanted = replicas
        if replicas:
            self.registry.start()
        else:
            self.registry.stop()

    def registry_pods(self) -> Sequence[str]:
        self._call("registry_pods")
        return ["registry-0"] if self.registry.is_running else []

    def collectors(self) -> Sequence[str]:
        self._call("collectors")
        return self.running

    def hold(self) -> Hold | None:
        self._call("hold")
        return self.held

    def take(self, holder: str) -> None:
        self._call("take")
        if self.held is not None and self.held.holder != holder:
            raise HoldLostError("held")
        self.held = Hold(holder, datetime.now(UTC), "1")

    def renew(self, holder: str) -> None:
        self._call("renew")
        if self.held is None or self.held.holder != holder:
            raise HoldLostError("lost")
        self.held = Hold(holder, datetime.now(UTC), "1")

    def release(self, holder: str) -> None:
        self._call("release")
        if self.held is not None and self.held.holder == holder:
            self.held = None

    def images(self) -> frozenset[str]:
        self._call("images")
        return frozenset(self.used)


@dataclass
class Bench:
    """A registry on this machine, its gate, and what a collection told."""

    registry: LocalRegistry
    gate: LocalGate
    stream: io.StringIO = field(default_factory=io.StringIO)

    def collection(self, **variables: str) -> Collection:
        base = {
            "REGISTRY_GC_URL": self.registry.url,
            "REGISTRY_GC_ROOT": str(self.registry.root),
            "REGISTRY_GC_PROGRAM": str(PROGRAM),
            "REGISTRY_GC_OPEN_SECONDS": "10",
            "REGISTRY_GC_CLOSE_SECONDS": "10",
        }
        settings = read_settings(RegistryGcSettings, {**base, **variables})
        return Collection(
            settings,
            EventLog("registry-gc", self.stream),
            self.gate,
            RegistryClient(self.registry.url),
            Collector(settings.program, settings.root),
            RegistryStorage(settings.root),
            holder="this-run",
            clock=Clock(),
        )

    def events(self, name: str) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [event for event in told if event["event"] == name]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Yield a registry that runs and is empty."""
    if not PROGRAM.exists():
        pytest.skip("no registry of the toolchain: make toolchain")
    registry = LocalRegistry(tmp_path / "volume")
    registry.root.mkdir()
    registry.start()
    try:
        yield Bench(registry, LocalGate(registry))
    finally:
        registry.stop()
