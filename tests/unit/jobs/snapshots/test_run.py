"""The daily run over a keeper that is played: what it does, tells, and leaves when it is killed at any step."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from core.errors import SptFlowError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.snapshots.capability import Facts, choose
from jobs.snapshots.metrics import DrillTally, RunTally, render_drill, render_run
from jobs.snapshots.model import Home, Snapshot, State, VolumeShape
from jobs.snapshots.restore import chosen
from jobs.snapshots.run import SnapshotRun
from jobs.snapshots.settings import SnapshotSettings
from tests.unit.jobs.snapshots.played import KilledError, PlayedKeeper

_START = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
_UNABLE = Facts("c", None, serves_snapshots=False)
_SHAPE = VolumeShape("1Gi", "standard", labels={"com.coder.workspace.id": "x"})


class _Time:
    def __init__(self) -> None:
        self.now = _START

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _World:
    """Homes, a keeper and a clock; `run` is one run of the job."""

    def __init__(self, *names: str) -> None:
        self.time = _Time()
        self.homes = [Home(name, f"uid-{name}", _START - timedelta(hours=1), _SHAPE) for name in names]
        self.keeper = PlayedKeeper(self.time)
        self.log = io.StringIO()

    def run(self) -> RunTally:
        settings = read_settings(SnapshotSettings, {"SNAPSHOT_IMAGE": "x:1", "SNAPSHOT_WAIT_SECONDS": "60"})
        tally = RunTally()
        log = EventLog("home-snapshots", self.log)
        SnapshotRun(settings, log, self.keeper, lambda: self.homes, tally, self.time, self.time.sleep).run()
        return tally

    def said(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]

    def pass_days(self, days: int) -> None:
        """Let days pass with all their runs, one every four hours."""
        for _ in range(days * 6):
            self.time.now += timedelta(hours=4)
            self.run()

    def days(self, name: str) -> list[str]:
        return sorted(f"{each.created:%m-%d}" for each in self.keeper.held.values() if each.claim == name)


def test_a_month_of_days_leaves_a_week_of_snapshots_of_each_home() -> None:
    world = _World("one", "two")
    tally = world.run()
    assert (tally.homes, tally.taken, tally.kept, tally.is_success) == (2, 2, 2, True)
    assert world.run().taken == 0
    world.pass_days(30)
    assert (
        world.days("one") == world.days("two") == [f"12-{day:02}" for day in range(15, 23)][-len(world.days("one")) :]
    )
    assert 7 <= len(world.days("one")) <= 8
    assert world.run().is_success


def test_a_volume_that_goes_keeps_its_snapshots_for_a_week_and_then_none() -> None:
    world = _World("one", "two")
    world.pass_days(10)
    before = world.days("two")
    world.homes.pop()
    world.pass_days(6)
    assert world.days("two") == before
    assert [line["claim"] for line in world.said("claim-gone")] == ["two"]
    world.pass_days(2)
    assert world.days("two") == []
    assert len(world.days("one")) >= 7


def test_one_home_that_fails_is_told_and_does_not_keep_others_from_theirs() -> None:
    world = _World("bad", "good")
    world.keeper.refuses = frozenset({"bad"})
    tally = world.run()
    assert (tally.taken, tally.failed, tally.kept, tally.is_success) == (1, 1, 1, False)
    assert [(line["claim"], line["error"]) for line in world.said("take") if line["level"] == "error"] == [
        ("bad", "No snapshot of bad today.")
    ]
    # Four hours later it is tried again.
    world.keeper.refuses = frozenset()
    world.time.now += timedelta(hours=4)
    tally = world.run()
    assert (tally.taken, tally.failed, tally.kept) == (1, 0, 2)


def test_a_snapshot_that_is_not_ready_in_time_is_a_failure_and_the_home_an_alarm_after_26_hours() -> None:
    world = _World("slow")
    world.keeper.outcome = lambda _home: State.PENDING
    tally = world.run()
    assert (tally.failed, tally.not_ready, tally.uncovered) == (1, 1, 0)
    assert world.said("take")[-1]["error"] == "it was not ready in time"
    world.time.now = _START + timedelta(hours=25, minutes=1)
    tally = world.run()
    assert tally.uncovered == 1
    assert [(line["claim"], line["newest"]) for line in world.said("uncovered")] == [("slow", "never")]
    world.keeper.outcome = lambda _home: State.READY
    world.time.now += timedelta(hours=4)
    assert world.run().uncovered == 0


@pytest.mark.parametrize(("hours", "uncovered"), [(25.9, 0), (26.1, 1)])
def test_the_alarm_is_at_26_hours(hours: float, uncovered: int) -> None:
    world = _World("one")
    world.run()
    world.keeper.refuses = frozenset({"one"})
    world.time.now = _START + timedelta(hours=hours)
    tally = world.run()
    assert tally.uncovered == uncovered
    assert tally.newest == {"one": _START.timestamp()}


def test_what_does_not_go_stays_counted_and_the_rest_goes() -> None:
    world = _World("one")
    world.homes[0] = Home("one", "uid-one", _START - timedelta(days=40), _SHAPE)
    for age in range(1, 12):
        moment = _START - timedelta(days=age)
        world.keeper.held[f"old-{age}"] = Snapshot(f"old-{age}", "one", "uid-one", moment, State.READY, _SHAPE)
    world.keeper.refuses = frozenset({"old-9"})
    tally = world.run()
    assert (tally.taken, tally.failed) == (1, 1)
    assert {key for key in world.keeper.held if key.startswith("old")} == {
        *(f"old-{age}" for age in range(1, 7)),
        "old-9",
    }
    assert tally.removed == 4
    assert tally.kept == len(world.keeper.held)


def _old(world: _World) -> None:
    """Give the world a history: too many good snapshots, bad ones, and some of a volume that is gone."""
    for age in range(1, 12):
        moment = _START - timedelta(days=age)
        world.keeper.held[f"one-{age}"] = Snapshot(f"one-{age}", "one", "uid-one", moment, State.READY, _SHAPE)
        world.keeper.held[f"bad-{age}"] = Snapshot(f"bad-{age}", "one", "uid-one", moment, State.FAILED, _SHAPE)
        world.keeper.held[f"gone-{age}"] = Snapshot(f"gone-{age}", "x", "uid-x", moment, State.READY, _SHAPE)


def _ready(snapshots: Sequence[Snapshot], uid: str) -> list[Snapshot]:
    return [each for each in snapshots if each.claim_uid == uid and each.state is State.READY]


def test_killed_at_any_step_nothing_good_is_lost_and_the_next_run_ends_where_one_would_have() -> None:
    whole = _World("one", "two")
    _old(whole)
    whole.run()
    steps, expected = whole.keeper.steps, {(each.claim, each.created.date()) for each in whole.keeper.held.values()}
    assert steps > 20
    for fuse in range(steps):
        world = _World("one", "two")
        _old(world)
        world.keeper.fuse = fuse
        with pytest.raises(KilledError):
            world.run()
        left = list(world.keeper.held.values())
        assert len(_ready(left, "uid-one")) >= 7, fuse
        assert len(_ready(left, "uid-x")) == 11, fuse
        world.keeper.fuse = -1
        world.time.now += timedelta(minutes=1)
        assert world.run().is_success, fuse
        found = list(world.keeper.held.values())
        assert {(each.claim, each.created.date()) for each in found} == expected, fuse
        today = [each for each in found if each.created.date() == _START.date()]
        assert len(today) == 2, fuse


@pytest.mark.parametrize(
    ("wish", "facts", "repository", "answer"),
    [
        ("auto", Facts("c", "d"), True, ("csi", "the class 'c' of driver d makes them")),
        ("auto", _UNABLE, True, ("files", "the cluster serves no VolumeSnapshots")),
        ("auto", Facts("c", None), True, ("files", "the cluster has no VolumeSnapshotClass 'c'")),
        ("auto", Facts("", None), True, ("files", "no VolumeSnapshotClass is named")),
        ("csi", Facts("c", "d"), False, ("csi", "the class 'c' of driver d makes them")),
        ("files", None, True, ("files", "the settings say so")),
    ],
)
def test_the_way_is_chosen_by_what_the_cluster_can(
    wish: Literal["auto", "csi", "files"], facts: Facts | None, *, repository: bool, answer: object
) -> None:
    assert choose(wish, facts, has_repository=repository) == answer


@pytest.mark.parametrize(
    ("wish", "facts", "repository", "words"),
    [
        ("csi", _UNABLE, True, "No snapshots can be made by storage: the cluster serves no"),
        ("auto", _UNABLE, False, "No snapshots can be made by storage"),
        ("files", None, False, "no repository is named"),
    ],
)
def test_what_is_asked_for_is_never_replaced_by_less(
    wish: Literal["auto", "csi", "files"], facts: Facts, *, repository: bool, words: str
) -> None:
    with pytest.raises(SptFlowError, match=words):
        choose(wish, facts, has_repository=repository)


def _of(day: int, identity: str, state: State = State.READY, claim: str = "one") -> Snapshot:
    return Snapshot(identity, claim, "u", _START + timedelta(days=day), state, _SHAPE)


def test_a_snapshot_is_chosen_by_latest_day_id_or_its_beginning() -> None:
    held = [
        _of(0, "aaaaaaaaaa"),
        _of(1, "bbbbbbbbbb"),
        _of(2, "cccccccccc", State.FAILED),
        _of(3, "dddddddddd", claim="two"),
    ]
    assert [chosen(held, "one", word).id[0] for word in ("latest", "2026-11-22", "bbbbbbbbbb", "aaaaaaaa")] == list(
        "baba"
    )
    for word in ("cccccccccc", "2026-11-24", "aaaa", "dddddddddd"):
        with pytest.raises(SptFlowError, match="there is of these days: 2026-11-23, 2026-11-22"):
            chosen(held, "one", word)
    with pytest.raises(SptFlowError, match="there is of these days: none"):
        chosen(held, "three", "latest")


def test_metrics_name_each_home_and_what_was_not_seen_is_not_told() -> None:
    tally = RunTally(homes=2, kept=9, way="files", newest={"b": 2.0, "a": 1.0})
    text = render_run(tally, 100.0, 90.0)
    assert 'spt_flow_snapshots_newest_ready_timestamp_seconds{claim="a"} 1\n' in text
    assert 'spt_flow_snapshots_way{way="files"} 1\n' in text
    assert "spt_flow_snapshots_last_success_timestamp_seconds 90\n" in text
    assert "# TYPE spt_flow_snapshots_uncovered gauge\n" in text
    tally.is_complete = False
    assert not tally.is_success
    seen_nothing = render_run(tally, 100.0, None)
    assert [line for line in seen_nothing.splitlines() if not line.startswith("#")] == [
        "spt_flow_snapshots_last_run_timestamp_seconds 100"
    ]
    drill = render_drill(DrillTally(recovery_seconds=3.5, failed=1), 100.0, None)
    assert "spt_flow_snapshot_drill_recovery_seconds 3.5\n" in drill
    assert "last_success" not in drill
