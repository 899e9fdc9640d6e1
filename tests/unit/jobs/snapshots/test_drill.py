"""The drill over a played keeper: what it compares, what it tells, and that it leaves nothing behind."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.errors import SptFlowError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.snapshots.drill import Drill, run_snapshot_drill
from jobs.snapshots.homes import HOME_LABEL
from jobs.snapshots.metrics import DrillTally
from jobs.snapshots.model import Snapshot, State, VolumeShape
from jobs.snapshots.settings import SnapshotSettings
from tests.unit.jobs.snapshots.played import PlayedKeeper

_NOW = datetime(2026, 11, 1, 3, 47, tzinfo=UTC)
_SHAPE = VolumeShape("1Gi")
_PATH = "api/v1/namespaces/coder-workspace/persistentvolumeclaims"


@dataclass
class _Claims:
    """The claims of a namespace, by name; a deleted one is gone at once."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    def add(self, name: str, *, is_home: bool, age: timedelta = timedelta(days=3)) -> None:
        labels = {HOME_LABEL: "w"} if is_home else {}
        self.create(_PATH, {"metadata": {"name": name, "labels": labels}, "spec": _spec()}, created=_NOW - age)

    def create(self, path: str, manifest: Mapping[str, Any], *, created: datetime = _NOW) -> dict[str, Any]:
        assert path == _PATH
        name = manifest["metadata"]["name"]
        stamped = {**manifest["metadata"], "uid": f"uid-{name}", "creationTimestamp": created.isoformat()}
        self.held[name] = {**manifest, "metadata": stamped, "status": {"phase": "Bound"}}
        return self.held[name]

    def get(self, path: str) -> dict[str, Any] | None:
        return self.held.get(path.rpartition("/")[2])

    def list(self, path: str, selector: str = "") -> list[dict[str, Any]]:
        assert path == _PATH
        return [each for each in self.held.values() if not selector or selector in each["metadata"]["labels"]]

    def delete(self, path: str, *, uid: str | None = None) -> None:
        del uid
        name = path.rpartition("/")[2]
        if self.held.pop(name, None) is not None:
            self.deleted.append(name)


def _spec() -> dict[str, Any]:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


@dataclass
class _Pods:
    """Answers orders: what was written, what is read back, what differs."""

    read_back: str = "same"
    compared: int = 5
    differing: int = 0
    orders: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def run(self, order: Mapping[str, Any], *, volume: str | None = None, source: str | None = None) -> dict[str, Any]:
        self.orders.append((order["do"], volume, source))
        answers: dict[str, dict[str, Any]] = {
            "fill": {"digest": "same", "entries": 3, "bytes": 9},
            "digest": {"digest": self.read_back, "entries": 3, "bytes": 9},
            "compare": {"compared": self.compared, "differing": self.differing},
        }
        return answers[order["do"]]


class _Restoring(PlayedKeeper):
    """Makes the claim that a restore is for."""

    claims: _Claims

    def restore(self, snapshot: Snapshot, name: str, shape: VolumeShape, *, is_home: bool) -> None:
        super().restore(snapshot, name, shape, is_home=is_home)
        self.claims.create(_PATH, {"metadata": {"name": name, "labels": {}}, "spec": _spec()})


@dataclass
class _Stage:
    claims: _Claims
    pods: _Pods
    keeper: _Restoring
    log: io.StringIO
    tally: DrillTally

    def run(self) -> None:
        settings = read_settings(SnapshotSettings, {"SNAPSHOT_IMAGE": "x:1", "SNAPSHOT_WAIT_SECONDS": "5"})
        Drill(
            settings,
            EventLog("drill-homes", self.log),
            self.claims,  # type: ignore[arg-type] # as much of a cluster as a drill asks of it
            self.keeper,
            self.pods,  # type: ignore[arg-type] # as above
            self.tally,
            clock=self.keeper.clock,
            sleep=lambda _seconds: None,
        ).run()

    def said(self, event: str) -> dict[str, Any]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return next(line for line in reversed(lines) if line["event"] == event)


@pytest.fixture
def stage() -> _Stage:
    """Return a namespace with two homes, each with snapshots."""
    ticks = iter(range(10_000))
    keeper = _Restoring(lambda: _NOW + timedelta(seconds=next(ticks)))
    keeper.claims = _Claims()
    for name, age in (("one", 2), ("two", 5)):
        keeper.claims.add(name, is_home=True)
        identity = f"of-{name}"
        moment = _NOW - timedelta(hours=age)
        keeper.held[identity] = Snapshot(identity, name, f"uid-{name}", moment, State.READY, _SHAPE)
    return _Stage(keeper.claims, _Pods(), keeper, io.StringIO(), DrillTally())


def test_i7_the_newest_is_restored_compared_told_and_cleared_away(stage: _Stage) -> None:
    stage.run()
    assert stage.tally.is_success, stage.log.getvalue()
    # Its own volume: written, destroyed, restored, read.
    (own, restored) = stage.keeper.restored
    assert stage.said("destroyed")["outcome"] == "restored"
    assert stage.tally.recovery_seconds >= 0
    # The newest home's, beside the home; the recovery point is that of the home that fares worst.
    assert restored[0] == "of-one"
    assert stage.pods.orders[-1] == ("compare", restored[1], "one")
    assert (stage.said("newest")["outcome"], stage.tally.compared) == ("same", 5)
    assert stage.tally.recovery_point_seconds == pytest.approx(5 * 3600, abs=120)
    assert (own[2], restored[2]) == (False, False)
    # Nothing of it stays.
    assert set(stage.claims.held) == {"one", "two"}
    assert set(stage.keeper.held) == {"of-one", "of-two"}
    assert all(name.startswith("snapshot-drill-") for name in stage.claims.deleted)


def test_data_that_came_back_other_than_it_was_is_a_failure_and_the_other_part_goes_on(stage: _Stage) -> None:
    stage.pods.read_back = "other"
    stage.run()
    assert stage.tally.failed == 1
    assert stage.said("destroyed")["error"] == "A volume that was destroyed came back other than it was."
    assert stage.said("newest")["outcome"] == "same"
    assert set(stage.claims.held) == {"one", "two"}


def test_a_copy_that_differs_is_a_failure(stage: _Stage) -> None:
    stage.pods.differing = 2
    stage.run()
    assert (stage.tally.failed, stage.tally.differing) == (1, 2)
    assert stage.said("newest")["error"] == "The restored copy of 'one' differs in 2 of 5 files."
    assert set(stage.claims.held) == {"one", "two"}


def test_a_damaged_place_of_snapshots_is_a_failure(stage: _Stage) -> None:
    stage.keeper.is_damaged = True
    stage.run()
    assert stage.tally.failed == 1
    assert stage.said("check")["error"] == "A page of the book is missing."


def test_nothing_to_compare_is_said_and_proves_nothing(stage: _Stage) -> None:
    stage.pods.compared = 0
    stage.run()
    assert (stage.said("newest")["outcome"], stage.said("newest")["level"]) == ("nothing-to-compare", "warning")


def test_homes_without_a_ready_snapshot_are_a_failure_and_no_home_is_none(stage: _Stage) -> None:
    stage.keeper.held.clear()
    stage.run()
    assert stage.said("newest")["error"] == "No home has a ready snapshot."
    for name in ("one", "two"):
        stage.claims.held.pop(name)
    stage.run()
    assert stage.said("newest")["outcome"] == "no-home"


def test_a_snapshot_that_never_becomes_ready_ends_the_part_and_leaves_nothing(stage: _Stage) -> None:
    stage.keeper.outcome = lambda _home: State.PENDING
    stage.run()
    assert stage.said("destroyed")["error"].endswith("did not become ready: it was not ready in time.")
    assert set(stage.claims.held) == {"one", "two"}
    assert set(stage.keeper.held) == {"of-one", "of-two"}


def test_what_a_killed_drill_left_is_cleared_and_what_others_made_is_not(stage: _Stage) -> None:
    stage.claims.add("snapshot-drill-old", is_home=False, age=timedelta(hours=7))
    stage.claims.add("snapshot-drill-running", is_home=False, age=timedelta(hours=1))
    stage.claims.add("one-restored", is_home=False, age=timedelta(days=9))
    stage.run()
    assert set(stage.claims.held) == {"one", "two", "snapshot-drill-running", "one-restored"}
    assert stage.said("claim-removed")["claim"] == "snapshot-drill-old"


def test_in_business_hours_a_drill_waits_unless_it_is_overridden() -> None:
    always = {"SNAPSHOT_IMAGE": "x:1", "BUSINESS_HOURS": '["Mon-Sun", "00:00-24:00", "UTC"]', "SNAPSHOT_WAY": "files"}
    said = io.StringIO()
    log = EventLog("drill-homes", said)
    with pytest.raises(SptFlowError, match=r"No drill is held now\. It is within business hours") as caught:
        run_snapshot_drill(read_settings(SnapshotSettings, always), log)
    assert "make drill OVERRIDE=" in str(caught.value.next_command)
    assert said.getvalue() == ""
    # Overridden, it goes on to what it cannot have here, and has said why.
    with pytest.raises(SptFlowError, match="no repository is named"):
        run_snapshot_drill(read_settings(SnapshotSettings, {**always, "OVERRIDE": "a home was lost"}), log)
    told = json.loads(said.getvalue())
    assert (told["event"], told["level"], told["reason"]) == ("overridden", "warning", "a home was lost")
