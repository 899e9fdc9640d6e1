"""Many collections, one after the other, while others push and pull: what was acknowledged is never lost."""

import threading
from dataclasses import dataclass, field
from itertools import count

import httpx

from tests.support.local_registry import LocalRegistry, Pushed
from tests.unit.jobs.registry_gc.conftest import Bench

CYCLES = 50


@dataclass
class Users:
    """Somebody who pushes and somebody who pulls, until they are told to end."""

    registry: LocalRegistry
    done: threading.Event = field(default_factory=threading.Event)
    pushed: list[Pushed] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    refused: int = 0
    pulls: int = 0

    def push(self) -> None:
        for number in count():
            if self.done.is_set():
                return
            self.done.wait(0.03)
            # Layers come back: of what is pushed next, some is garbage of just before.
            layers = [f"layer {number % 7}".encode() * 500, f"own {number // 2}".encode()]
            try:
                make = self.registry.push_index if number % 3 == 0 else self.registry.push
                self.pushed.append(make(f"app{number % 2}", f"t{number}", layers))
                self.registry.push(f"app{number % 2}", "latest", [f"overwritten {number}".encode() * 100])
            except httpx.HTTPError:
                # Refused, or cut off by the closing: whoever pushes is told, and pushes again.
                self.refused += 1
                self.done.wait(0.005)

    def pull(self) -> None:
        for number in count():
            if self.done.is_set():
                return
            if not self.pushed:
                self.done.wait(0.01)
                continue
            self.done.wait(0.02)
            try:
                self.registry.pull(self.pushed[number * 7 % len(self.pushed)])
                self.pulls += 1
            except httpx.HTTPError:
                self.done.wait(0.005)
            except AssertionError as error:
                self.lost.append(str(error))


def test_fifty_collections_while_others_push_and_pull_lose_nothing(bench: Bench) -> None:
    users = Users(bench.registry)
    threads = [threading.Thread(target=each, daemon=True) for each in (users.push, users.pull)]
    for thread in threads:
        thread.start()
    collected = freed = 0
    pauses: list[float] = []
    try:
        while collected < CYCLES:
            bench.registry.push("garbage", "", [f"{collected}".encode() * 1000])
            before = list(users.pushed)
            run = bench.collection(REGISTRY_GC_KEEP_TAGS="10000")
            run.run()
            assert run.tally.is_success, bench.events("image-broken")
            assert run.tally.bytes_freed > 0
            for pushed in before[-5:]:
                bench.registry.pull(pushed)
            freed += run.tally.bytes_freed
            pauses.append(run.tally.pause_seconds)
            collected += 1
    finally:
        users.done.set()
        for thread in threads:
            thread.join(30)
    assert users.lost == []
    assert len(users.pushed) > CYCLES
    assert users.pulls > CYCLES
    for pushed in users.pushed:
        bench.registry.pull(pushed)
    assert freed > CYCLES * 1000
    assert max(pauses) < 10
