"""A collection that is killed, or refused, at each of its steps: the registry serves again, and nothing is lost."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.cluster_api import ClusterError
from jobs.registry_gc.collector import Garbage
from jobs.registry_gc.guard import Repair, repair
from jobs.registry_gc.run import Collection
from jobs.registry_gc.stop_request import StoppedError, StopRequest
from tests.support.local_registry import Pushed
from tests.unit.jobs.registry_gc.conftest import Bench

LATER = timedelta(minutes=2)


class Killed(BaseException):
    """The end of the process: after it, nothing that the process would do happens any more."""


class Fate:
    """Ends a run at its `end`-th step; what the run would do afterwards is refused as well."""

    def __init__(self, end: int, fault: Callable[[], BaseException], *, forever: bool) -> None:
        self.end, self.fault, self.forever = end, fault, forever
        self.steps: list[str] = []

    def __call__(self, name: str) -> None:
        self.steps.append(name)
        count = len(self.steps)
        if count == self.end or (self.forever and count > self.end):
            raise self.fault()


class _Client:
    def __init__(self, real: object, fate: Fate) -> None:
        self._real, self._fate = real, fate

    def __getattr__(self, name: str) -> object:
        def call(*args: object) -> object:
            self._fate(name)
            return getattr(self._real, name)(*args)

        return call


class _Sweeper:
    """The real collection, which may end before it, in its midst, and after it."""

    def __init__(self, bench: Bench, real: Collection, fate: Fate) -> None:
        self._bench, self._real, self._fate = bench, real, fate

    def find(self, tick: Callable[[], None]) -> Garbage:
        self._fate("find")
        return self._real.sweeper.find(tick)

    def collect(self, tick: Callable[[], None]) -> Garbage:
        self._fate("collect")
        garbage = self._real.sweeper.find(tick)
        half = sorted(garbage.blobs)[: len(garbage.blobs) // 2]
        if len(self._fate.steps) + 1 == self._fate.end:
            for digest in half:
                name = digest.partition(":")[2]
                blob = self._bench.registry.root / "docker/registry/v2/blobs/sha256" / name[:2] / name
                (blob / "data").unlink()
                blob.rmdir()
        self._fate("half-collected")
        found = self._real.sweeper.collect(tick)
        self._fate("collected")
        return found


def _fill(bench: Bench) -> list[Pushed]:
    """Push what has to stay, and what has to go."""
    registry = bench.registry
    kept = [
        registry.push("app", "1", [b"one", b"shared"]),
        registry.push_index("tools", "1", [b"amd64", b"arm64"]),
    ]
    registry.push("app", "", [b"garbage" * 100, b"shared"])
    old = registry.push("app", "old", [b"old"])
    registry.age(old, 90)
    bench.gate.used = {f"{registry.address}/app@{kept[0].digest}"}
    return kept


def _run(bench: Bench, fate: Fate) -> None:
    run = bench.collection(REGISTRY_GC_KEEP_TAGS="1", REGISTRY_GC_OPEN_SECONDS="0.2")
    run.now = lambda: datetime.now(UTC) + LATER
    bench.gate.before = fate
    ended = replace(run, client=_Client(run.client, fate), sweeper=_Sweeper(bench, run, fate))  # type: ignore[arg-type] # plays them
    try:
        ended.run()
    finally:
        bench.gate.before = lambda _: None


def _is_whole(bench: Bench, kept: list[Pushed]) -> None:
    assert bench.registry.answers()
    assert (bench.gate.wanted, bench.gate.held) == (1, None)
    for pushed in kept:
        bench.registry.pull(pushed)
    # What was pushed is pushed again without surprises: no part is taken to be there that is not.
    bench.registry.pull(bench.registry.push("app", "after", [b"garbage" * 100, b"one"]))


def _steps(bench: Bench) -> list[int]:
    """Return the numbers of the steps of a run, each kind of step once."""
    fate = Fate(0, AssertionError, forever=False)
    _fill(bench)
    _run(bench, fate)
    assert {"take", "scale 0", "find", "half-collected", "scale 1", "release", "fault"} <= set(fate.steps)
    return sorted({name: number for number, name in enumerate(fate.steps, 1)}.values())


def test_killed_at_any_step_the_guard_opens_it_and_nothing_is_lost(bench: Bench) -> None:
    closed = 0
    for end in _steps(bench):
        kept = _fill(bench)
        with pytest.raises(Killed):
            _run(bench, Fate(end, Killed, forever=True))
        closed += bench.gate.wanted == 0
        held = bench.gate.held
        if held is not None:
            # While its pod is there, and until it has been silent for a while, nobody comes between.
            log = bench.collection().log
            bench.gate.running = ["this-run"]
            assert repair(bench.gate, log, datetime.now(UTC) + LATER) is Repair.AT_WORK
            bench.gate.running = []
            assert repair(bench.gate, log, datetime.now(UTC)) is Repair.AT_WORK
            assert bench.gate.held == held
            assert repair(bench.gate, log, datetime.now(UTC) + LATER) is Repair.OPENED
        _is_whole(bench, kept)
    assert closed > 3, "some of the kills were while it was closed"
    run = bench.collection()
    run.run()
    assert run.tally.is_success


def test_the_next_run_repairs_before_it_collects(bench: Bench) -> None:
    kept = _fill(bench)

    def kill(call: str) -> None:
        if "scale 0" in bench.gate.calls and call != "scale 0":
            raise Killed

    bench.gate.before = kill
    with pytest.raises(Killed):
        bench.collection().run()
    bench.gate.before = lambda _: None
    assert not bench.registry.answers()
    run = bench.collection()
    run.now = lambda: datetime.now(UTC) + LATER
    run.run()
    assert bench.events("opened")[0]["holder"] == "this-run"
    assert run.tally.blobs_removed > 0
    _is_whole(bench, kept)


def test_refused_at_any_step_it_opens_the_registry_itself(bench: Bench) -> None:
    for end in _steps(bench):
        kept = _fill(bench)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("jobs.registry_gc.closure._LOOK_SECONDS", 0.01)
            with suppress(ClusterError):
                _run(bench, Fate(end, lambda: ClusterError("no"), forever=False))
        # Once refused, opening is asked for again; the Lease may stay with a registry that serves.
        assert bench.gate.wanted == 1
        repair(bench.gate, bench.collection().log, datetime.now(UTC) + LATER)
        _is_whole(bench, kept)


def test_a_cluster_that_is_gone_leaves_the_lease_for_the_guard(bench: Bench) -> None:
    kept = _fill(bench)

    def gone(call: str) -> None:
        if "collected" in {event["event"] for event in bench.events("collected")} or call == "scale 1":
            raise ClusterError("gone")

    bench.gate.before = gone
    with pytest.raises(ClusterError):
        bench.collection(REGISTRY_GC_OPEN_SECONDS="0.2").run()
    assert bench.events("not-opened")[0]["level"] == "error"
    assert bench.gate.held is not None
    bench.gate.before = lambda _: None
    assert repair(bench.gate, bench.collection().log, datetime.now(UTC) + LATER) is Repair.OPENED
    _is_whole(bench, kept)


@pytest.mark.parametrize(
    ("call", "looks"), [("replicas", 0), ("scale 0", 0), ("scale 0", 1), ("scale 0", 2), ("scale 1", 0), ("scale 1", 1)]
)
def test_asked_to_stop_while_it_is_at_work_it_opens_the_registry_itself(bench: Bench, call: str, looks: int) -> None:
    kept, stop = _fill(bench), StopRequest()
    left = looks

    def look() -> None:
        nonlocal left
        if call in bench.gate.calls:
            stop.is_made |= left == 0
            left -= 1
        stop.check()

    run = bench.collection()
    run.stop = look
    with pytest.raises(StoppedError):
        run.run()
    assert ("scale 0" in bench.gate.calls) == (call != "replicas")
    assert bench.gate.wanted == 1
    assert bench.gate.held is None
    _is_whole(bench, kept)


class Unready:
    """A program of the registry that is still at work when somebody asks to stop."""

    def find(self, tick: Callable[[], None]) -> Garbage:
        tick()
        raise AssertionError("it was not stopped")

    collect = find


def test_asked_to_stop_while_it_looks_it_ends_there(bench: Bench) -> None:
    """A registry that cannot be looked at is looked at again when it is closed; this is something else."""
    _fill(bench)
    run, stop = bench.collection(REGISTRY_GC_DRY_RUN="true"), StopRequest(is_made=True)
    run.sweeper, run.stop = Unready(), stop.check
    with pytest.raises(StoppedError):
        run.run()
    assert bench.events("looked") == []
