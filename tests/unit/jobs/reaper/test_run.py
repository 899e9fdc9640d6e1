import io
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import SptFlowError
from jobs.cluster_api import ClusterError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.reaper.claims import ClaimChangedError
from jobs.reaper.decision import Claim, Record, Workspace
from jobs.reaper.inventory import BusyError, Deletion, IncompleteListError, RightsError
from jobs.reaper.metrics import Tally
from jobs.reaper.run import Reaping
from jobs.reaper.settings import ReaperSettings

_NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_LONG_AGO = (_NOW - timedelta(days=9)).isoformat()


def _workspace(number: int, **changes: Any) -> Workspace:  # noqa: ANN401 - fields of the class
    workspace = Workspace(
        id=UUID(int=number),
        name=f"ci-{number}",
        owner="spt-ci",
        template="spt-flow-ci",
        created_at=_NOW - timedelta(hours=1),
        ttl=timedelta(minutes=30),
        build_id=UUID(int=100 + number),
        build_transition="start",
        build_status="running",
    )
    return replace(workspace, **changes)


def _claim(number: int, since: str | None = None) -> Claim:
    return Claim(f"home-{number}", f"uid-{number}", "1", str(UUID(int=number)), orphaned_since=since)


@dataclass
class _World:
    """Coder and the cluster as one reaping sees them; `calls` is everything it did to them, in order."""

    workspaces: list[Workspace] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    errors: dict[str, Exception] = field(default_factory=dict)
    polls: dict[int, list[Deletion | SptFlowError]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def call(self, name: str, subject: object = None) -> None:
        words = name if subject is None else f"{name} {subject}"
        self.calls.append(words)
        for known in (words, name):
            if known in self.errors:
                raise self.errors[known]


@dataclass
class _Coder:
    world: _World

    def refuse_narrow_token(self) -> None:
        self.world.call("check rights")

    def list_all(self) -> list[Workspace]:
        self.world.call("list workspaces")
        return self.world.workspaces

    def record(self, workspace_id: UUID) -> Record:
        self.world.call("record", workspace_id.int)
        return Record.DELETED if workspace_id.int in self.world.deleted else Record.UNKNOWN

    def delete(self, workspace: Workspace) -> None:
        self.world.call("delete workspace", workspace.id.int)

    def cancel(self, workspace: Workspace) -> None:
        self.world.call("cancel build", workspace.build_id.int)

    def deletion(self, workspace: Workspace) -> Deletion:
        found = self.world.polls.get(workspace.id.int, [Deletion(has_ended=True)])
        answer = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(answer, SptFlowError):
            raise answer
        return answer


@dataclass
class _Volumes:
    world: _World

    def list_all(self) -> list[Claim]:
        self.world.call("list claims")
        return self.world.claims

    def mark(self, claim: Claim, since: datetime) -> None:
        self.world.call("mark", f"{claim.name} {since:%H:%M}")

    def unmark(self, claim: Claim) -> None:
        self.world.call("unmark", claim.name)

    def delete(self, claim: Claim) -> None:
        self.world.call("delete claim", claim.name)


def _reap(world: _World, **variables: str) -> tuple[Tally, list[dict[str, Any]]]:
    settings = read_settings(ReaperSettings, {"CODER_URL": "http://coder.test", "REAPER_DRY_RUN": "false", **variables})
    stream, tally = io.StringIO(), Tally()
    reaping = Reaping(
        settings,
        EventLog("reaper", stream),
        _Coder(world),
        _Volumes(world),
        tally,
        now=_NOW,
        sleep=lambda seconds: world.call("sleep", seconds),
    )
    try:
        reaping.run()
    finally:
        events = [json.loads(line) for line in stream.getvalue().splitlines()]
    return tally, events


def _told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["event"], event["outcome"]) for event in events]


def _everything() -> _World:
    return _World(
        workspaces=[
            _workspace(1),
            _workspace(2, build_status="starting"),
            _workspace(3, build_transition="stop", build_status="stopping"),
            _workspace(4, created_at=_NOW - timedelta(minutes=5)),
            _workspace(5, template="spt-flow"),
        ],
        claims=[
            _claim(1, _LONG_AGO),
            _claim(5),
            _claim(6),
            _claim(7, _LONG_AGO),
            _claim(8, (_NOW - timedelta(hours=1)).isoformat()),
            _claim(9, _LONG_AGO),
        ],
        deleted={6, 7, 8},
    )


def test_one_run_over_everything() -> None:
    world = _everything()
    tally, events = _reap(world)
    assert world.calls[:3] == ["list claims", "check rights", "list workspaces"]
    assert sorted(world.calls[3:7]) == ["record 6", "record 7", "record 8", "record 9"]
    assert world.calls[7:] == [
        "delete workspace 1",
        "cancel build 102",
        "unmark home-1",
        "mark home-6 12:00",
        "delete claim home-7",
    ]
    assert _told(events) == [
        ("delete-workspace", "started"),
        ("cancel-start", "done"),
        ("leave-to-build", "kept"),
        ("unmark-claim", "done"),
        ("mark-claim", "done"),
        ("delete-claim", "done"),
        ("keep-orphan", "kept"),
        ("keep-unknown", "kept"),
        ("delete-workspace", "done"),
    ]
    assert all(event["reason"] and event["workspace_id"] for event in events)
    assert tally == Tally(
        workspaces_found=4,
        workspaces_due=3,
        workspaces_deleted=1,
        claims_found=6,
        claims_orphaned=3,
        claims_deleted=1,
        claims_unknown=1,
    )
    assert tally.is_success


def test_a_dry_run_changes_nothing_and_says_what_it_would_do() -> None:
    world = _everything()
    tally, events = _reap(world, REAPER_DRY_RUN="true")
    assert not [call for call in world.calls if call.split()[0] not in {"check", "list", "record"}]
    assert [event for event, outcome in _told(events) if outcome == "dry-run"] == [
        "delete-workspace",
        "cancel-start",
        "unmark-claim",
        "mark-claim",
        "delete-claim",
    ]
    assert (tally.workspaces_due, tally.workspaces_deleted, tally.claims_deleted) == (3, 0, 0)


def test_dry_run_is_what_nothing_said_means() -> None:
    assert read_settings(ReaperSettings, {"CODER_URL": "http://coder.test"}).dry_run


@pytest.mark.parametrize(
    "errors",
    [
        {"check rights": RightsError("may not read")},
        {"list claims": ClusterError("no")},
        {"list workspaces": IncompleteListError("it has 3 of 5")},
        {"record": SptFlowError("Coder answered 500")},
        {"record 9": SptFlowError("Coder answered 500")},
    ],
)
def test_nothing_is_done_unless_everything_was_seen(errors: dict[str, Exception]) -> None:
    world = _everything()
    world.errors = errors
    with pytest.raises(SptFlowError):
        _reap(world)
    assert not [call for call in world.calls if call.split()[0] not in {"check", "list", "record"}]


def test_a_failure_is_counted_told_and_stops_nothing_else() -> None:
    world = _everything()
    world.errors = {
        "delete workspace 1": SptFlowError("Coder answered 403"),
        "cancel build 102": BusyError("Job has already completed!"),
        "mark home-6 12:00": ClaimChangedError("changed"),
        "delete claim home-7": ClusterError("the Kubernetes API answered 500"),
    }
    tally, events = _reap(world)
    assert _told(events) == [
        ("delete-workspace", "failed"),
        ("cancel-start", "left-alone"),
        ("leave-to-build", "kept"),
        ("unmark-claim", "done"),
        ("mark-claim", "left-alone"),
        ("delete-claim", "failed"),
        ("keep-orphan", "kept"),
        ("keep-unknown", "kept"),
    ]
    assert [event["level"] for event in events if event["outcome"] == "failed"] == ["error", "error"]
    assert (tally.failed, tally.workspaces_deleted, tally.claims_deleted) == (2, 0, 0)
    assert not tally.is_success


def test_deletions_are_waited_for_and_their_failure_is_one_of_the_run() -> None:
    running, lost = Deletion(has_ended=False), SptFlowError("Coder did not answer")
    world = _World(workspaces=[_workspace(1), _workspace(2)])
    world.polls = {
        1: [running, lost, Deletion(has_ended=True)],
        2: [running, Deletion(has_ended=True, error="exit status 1")],
    }
    tally, events = _reap(world)
    assert world.calls.count("sleep 1.0") == 2
    assert [(event["event"], event["outcome"], event.get("error")) for event in events[2:]] == [
        ("delete-workspace", "failed", "exit status 1"),
        ("delete-workspace", "done", None),
    ]
    assert (tally.workspaces_deleted, tally.failed) == (1, 1)


def test_a_deletion_that_takes_longer_is_left_to_the_next_run() -> None:
    world = _World(workspaces=[_workspace(1)], polls={1: [Deletion(has_ended=False)]})
    tally, events = _reap(world, REAPER_WAIT_SECONDS="0")
    assert _told(events) == [("delete-workspace", "started"), ("delete-workspace", "unfinished")]
    assert (tally.workspaces_deleted, tally.is_success) == (0, True)
    # What the next run sees: the build is at work, and nothing is started twice.
    world = _World(workspaces=[_workspace(1, build_transition="delete", build_status="deleting")])
    _, events = _reap(world)
    assert _told(events) == [("leave-to-build", "kept")]
    assert world.calls == ["list claims", "check rights", "list workspaces"]


def test_a_second_run_finds_nothing_to_do() -> None:
    world = _World(workspaces=[_workspace(4, created_at=_NOW)], claims=[_claim(4)])
    tally, events = _reap(world)
    assert (events, tally) == ([], Tally(workspaces_found=1, claims_found=1))


class _Killed(BaseException):
    """The process ends here, without another word."""


@dataclass
class _LivingWorld(_World):
    """A world in which what is done happens; the call number `kill_at` is the last one, done or not."""

    kill_at: int = -1
    is_done_first: bool = True

    def call(self, name: str, subject: object = None) -> None:
        super().call(name, subject)
        is_last = len(self.calls) == self.kill_at
        if not is_last or self.is_done_first:
            self._happen(name, str(subject))
        if is_last:
            raise _Killed

    def _happen(self, name: str, subject: str) -> None:
        word = subject.partition(" ")[0].rpartition("-")[2]
        number = int(word) if word.isdigit() else 0
        if name == "delete workspace":
            self.workspaces = [workspace for workspace in self.workspaces if workspace.id.int != number]
            # The volume of 1 stays behind, as if the template had lost it.
            self.claims = [claim for claim in self.claims if claim.workspace_id != UUID(int=number) or number == 1]
            self.deleted.add(number)
        elif name == "cancel build":
            self.workspaces = [
                replace(workspace, build_status="canceled") if f"{workspace.build_id.int}" == subject else workspace
                for workspace in self.workspaces
            ]
        elif name == "delete claim":
            self.claims = [claim for claim in self.claims if claim.name != f"home-{number}"]
        elif name in {"mark", "unmark"}:
            since = _NOW.isoformat() if name == "mark" else None
            self.claims = [
                replace(claim, orphaned_since=since) if claim.name == f"home-{number}" else claim
                for claim in self.claims
            ]


def _living(**changes: Any) -> _LivingWorld:  # noqa: ANN401 - fields of the class
    return _LivingWorld(
        workspaces=[
            _workspace(1),
            _workspace(2, build_status="starting"),
            _workspace(4, created_at=_NOW),
            _workspace(5, template="spt-flow"),
        ],
        claims=[_claim(1), _claim(2), _claim(4, _LONG_AGO), _claim(5), _claim(6), _claim(7, _LONG_AGO), _claim(9)],
        deleted={6, 7},
        **changes,
    )


@pytest.mark.parametrize("is_done_first", [True, False])
@pytest.mark.parametrize("kill_at", range(1, 12))
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next_ones(
    kill_at: int,
    is_done_first: bool,  # noqa: FBT001 - a column
) -> None:
    world = _living(kill_at=kill_at, is_done_first=is_done_first)
    untouched = _living()
    _reap(untouched, REAPER_GRACE_HOURS="0")
    assert len(untouched.calls) == 11
    with pytest.raises(_Killed):
        _reap(world, REAPER_GRACE_HOURS="0")
    for _ in range(4):
        _reap(world, REAPER_GRACE_HOURS="0")
    assert [workspace.id.int for workspace in world.workspaces] == [4, 5]
    assert [(claim.name, claim.orphaned_since) for claim in world.claims] == [
        ("home-4", None),
        ("home-5", None),
        ("home-9", None),
    ]
    before = len(world.calls)
    _reap(world, REAPER_GRACE_HOURS="0")
    assert {call.split()[0] for call in world.calls[before:]} <= {"list", "check", "record"}
