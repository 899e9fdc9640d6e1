"""Many collections, one after the other, while others push and pull: what was acknowledged is never lost."""

import threading
from dataclasses import dataclass, field
from itertools import count

import httpx

from tests.support.local_registry import LocalRegistry, Pushed
from tests.unit.jobs.registry_gc.conftest import Bench

CYCLES = 50
_TAGS = 12


@dataclass
class Users:
    """Somebody who pushes and somebody who pulls, until they are told to end; `images` are the newest of their tags."""

    registry: LocalRegistry
    done: threading.Event = field(default_factory=threading.Event)
    images: dict[str, Pushed] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    pushes: int = 0
    pulls: int = 0

    def push(self) -> None:
        for number in count():
            if self.done.wait(0.02):
                return
            tag = f"t{number % _TAGS}"
            # Layers come back: of what is pushed now, some is garbage of just before.
            layers = [f"layer {number % 7}".encode() * 500, f"own {number // 2}".encode()]
            # From here on it is open which image the tag names.
            self.images.pop(tag, None)
            try:
                make = self.registry.push_index if number % 3 == 0 else self.registry.push
                self.images[tag] = make("app", tag, layers)
                self.pushes += 1
            except httpx.HTTPError:
                # Refused, or cut off by the closing: whoever pushes is told, and pushes again.
                continue

    def pull(self) -> None:
        for number in count():
            if self.done.wait(0.02):
                return
            image = self.images.get(f"t{number % _TAGS}")
            try:
                if image is not None:
                    self.registry.pull(image)
                    self.pulls += 1
            except httpx.HTTPError:
                continue
            except AssertionError as error:
                if self.images.get(f"t{number % _TAGS}") is image:
                    self.lost.append(str(error))


def test_fifty_collections_while_others_push_and_pull_lose_nothing(bench: Bench) -> None:
    users = Users(bench.registry)
    threads = [threading.Thread(target=each, daemon=True) for each in (users.push, users.pull)]
    for thread in threads:
        thread.start()
    freed, pauses = 0, list[float]()
    try:
        for number in range(CYCLES):
            bench.registry.push("garbage", "", [f"{number}".encode() * 1000])
            run = bench.collection()
            run.run()
            assert run.tally.is_success, bench.events("image-broken")
            assert run.tally.bytes_freed > 0
            freed += run.tally.bytes_freed
            pauses.append(run.tally.pause_seconds)
    finally:
        users.done.set()
        for thread in threads:
            thread.join(30)
    assert users.lost == []
    assert min(users.pushes, users.pulls) > CYCLES
    assert users.images
    for image in users.images.values():
        bench.registry.pull(image)
    assert freed > CYCLES * 1000
    assert min(pauses) > 0
