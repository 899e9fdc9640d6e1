from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.reaper.decision import (
    Action,
    ActiveBuild,
    CancelBuild,
    Claim,
    ClaimOfUnknown,
    DeleteClaim,
    DeleteWorkspace,
    MarkClaim,
    OrphanInGrace,
    Record,
    Rules,
    UnmarkClaim,
    Workspace,
    decide,
)

_NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_RULES = Rules(frozenset({"spt-flow-ci"}), timedelta(minutes=30), timedelta(hours=24), timedelta(hours=24))
_WORKSPACE = Workspace(
    id=UUID(int=1),
    name="ci-1",
    owner="spt-ci",
    template="spt-flow-ci",
    created_at=_NOW - timedelta(minutes=31),
    ttl=timedelta(minutes=30),
    build_id=UUID(int=100),
    build_transition="start",
    build_status="running",
)
_CLAIM = Claim(name="home", uid="u", resource_version="1", workspace_label=str(UUID(int=7)))


def _names(*actions: Action) -> list[str]:
    return [type(action).__name__ for action in actions]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["DeleteWorkspace"]),
        ({"template": "spt-flow"}, []),
        ({"created_at": _NOW - timedelta(minutes=30)}, ["DeleteWorkspace"]),
        ({"created_at": _NOW - timedelta(minutes=30) + timedelta(microseconds=1)}, []),
        ({"created_at": _NOW + timedelta(hours=1)}, []),
        ({"ttl": timedelta(hours=2)}, []),
        ({"ttl": timedelta(days=30), "created_at": _NOW - timedelta(hours=23)}, []),
        ({"ttl": timedelta(days=30), "created_at": _NOW - timedelta(hours=25)}, ["DeleteWorkspace"]),
        ({"ttl": None}, ["DeleteWorkspace"]),
        ({"ttl": None, "created_at": _NOW - timedelta(minutes=29)}, []),
        ({"build_transition": "stop", "build_status": "stopped"}, ["DeleteWorkspace"]),
        ({"build_status": "failed"}, ["DeleteWorkspace"]),
        ({"build_status": "canceled"}, ["DeleteWorkspace"]),
        ({"build_transition": "delete", "build_status": "failed"}, ["DeleteWorkspace"]),
        ({"build_status": "pending"}, ["CancelBuild"]),
        ({"build_status": "starting"}, ["CancelBuild"]),
        ({"build_status": "canceling"}, ["ActiveBuild"]),
        ({"build_transition": "stop", "build_status": "pending"}, ["ActiveBuild"]),
        ({"build_transition": "stop", "build_status": "stopping"}, ["ActiveBuild"]),
        ({"build_transition": "delete", "build_status": "pending"}, ["ActiveBuild"]),
        ({"build_transition": "delete", "build_status": "deleting"}, ["ActiveBuild"]),
        ({"build_transition": "delete", "build_status": "deleted"}, []),
    ],
)
def test_workspaces(changes: dict[str, object], expected: list[str]) -> None:
    workspace = replace(_WORKSPACE, **changes)  # type: ignore[arg-type]  # the table's columns are fields
    assert _names(*decide([workspace], [], {}, _RULES, _NOW)) == expected


@pytest.mark.parametrize(
    ("record", "since", "expected"),
    [
        (Record.DELETED, None, "MarkClaim"),
        (Record.DELETED, (_NOW - timedelta(hours=23, minutes=59)).isoformat(), "OrphanInGrace"),
        (Record.DELETED, (_NOW - timedelta(hours=24)).isoformat(), "DeleteClaim"),
        (Record.DELETED, (_NOW - timedelta(hours=24)).replace(tzinfo=None).isoformat(), "DeleteClaim"),
        (Record.DELETED, "yesterday", "MarkClaim"),
        (Record.DELETED, "", "MarkClaim"),
        (Record.DELETED, (_NOW + timedelta(days=1)).isoformat(), "MarkClaim"),
        (Record.UNKNOWN, None, "ClaimOfUnknown"),
        (Record.UNKNOWN, "2020-01-01T00:00:00+00:00", "ClaimOfUnknown"),
        (None, "2020-01-01T00:00:00+00:00", "ClaimOfUnknown"),
        (Record.EXISTS, "2020-01-01T00:00:00+00:00", "UnmarkClaim"),
        (Record.EXISTS, None, None),
    ],
)
def test_claims(record: Record | None, since: str | None, expected: str | None) -> None:
    claim = replace(_CLAIM, orphaned_since=since)
    records = {} if record is None else {UUID(int=7): record}
    assert _names(*decide([], [claim], records, _RULES, _NOW)) == ([] if expected is None else [expected])


@pytest.mark.parametrize("label", ["", "x", "00000000", "../../etc"])
def test_a_label_without_an_id_proves_nothing(label: str) -> None:
    claim = replace(_CLAIM, workspace_label=label, orphaned_since="2020-01-01T00:00:00+00:00")
    assert _names(*decide([], [claim], {}, _RULES, _NOW)) == ["ClaimOfUnknown"]


def test_a_claim_on_its_way_out_is_left_alone() -> None:
    claim = replace(_CLAIM, is_terminating=True, orphaned_since="2020-01-01T00:00:00+00:00")
    assert decide([], [claim], {UUID(int=7): Record.DELETED}, _RULES, _NOW) == ()


def test_reasons_say_when_and_why() -> None:
    failed = replace(_WORKSPACE, build_transition="delete", build_status="failed", build_error="pvc: forbidden")
    (action,) = decide([failed], [], {}, _RULES, _NOW)
    assert action.reason == (
        "its deadline was 2026-11-21T11:59:00+00:00; the last deletion ended as failed: pvc: forbidden"
    )
    claim = replace(_CLAIM, orphaned_since="2026-11-19T12:00:00+00:00")
    (action,) = decide([], [claim], {UUID(int=7): Record.DELETED}, _RULES, _NOW)
    assert action.reason == "its workspace was deleted, and it is an orphan since 2026-11-19T12:00:00+00:00"


_ids = st.integers(0, 6).map(lambda number: UUID(int=number))
_times = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given there
_workspaces = st.builds(
    Workspace,
    id=_ids,
    name=st.just("w"),
    owner=st.just("o"),
    template=st.sampled_from(["spt-flow-ci", "spt-flow"]),
    created_at=_times,
    ttl=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)),
    build_id=_ids,
    build_transition=st.sampled_from(["start", "stop", "delete"]),
    build_status=st.sampled_from(
        ["pending", "starting", "running", "stopping", "stopped", "failed", "canceling", "canceled", "deleting"]
    ),
)
_claims = st.builds(
    Claim,
    name=st.just("c"),
    uid=st.just("u"),
    resource_version=st.just("1"),
    workspace_label=_ids.map(str) | st.sampled_from(["", "none"]),
    is_terminating=st.booleans(),
    orphaned_since=st.none() | _times.map(datetime.isoformat) | st.text(max_size=5),
)
_records = st.dictionaries(_ids, st.sampled_from(list(Record)))


@given(
    workspaces=st.lists(_workspaces, unique_by=lambda workspace: workspace.id),
    claims=st.lists(_claims),
    records=_records,
    now=_times,
)
def test_what_must_never_happen(
    workspaces: list[Workspace], claims: list[Claim], records: dict[UUID, Record], now: datetime
) -> None:
    listed = {workspace.id for workspace in workspaces}
    for action in decide(workspaces, claims, records, _RULES, now):
        if isinstance(action, DeleteWorkspace | CancelBuild | ActiveBuild):
            assert action.workspace.template == "spt-flow-ci"
            assert action.deadline <= now
            assert action.deadline - action.workspace.created_at <= timedelta(hours=24)
        elif isinstance(action, MarkClaim | DeleteClaim | OrphanInGrace):
            identity = action.claim.workspace_id
            assert identity not in listed
            assert identity is not None
            assert records[identity] is Record.DELETED
            marked = action.claim.marked_at
            assert not isinstance(action, DeleteClaim) or (marked is not None and now - marked >= _RULES.grace)
        else:
            assert isinstance(action, UnmarkClaim | ClaimOfUnknown)


@given(workspaces=st.lists(_workspaces, unique_by=lambda workspace: workspace.id), now=_times)
def test_no_workspace_outlives_its_deadline_unseen(workspaces: list[Workspace], now: datetime) -> None:
    seen = {
        action.workspace.id
        for action in decide(workspaces, [], {}, _RULES, now)
        if isinstance(action, DeleteWorkspace | CancelBuild | ActiveBuild)
    }
    assert seen == {
        workspace.id
        for workspace in workspaces
        if workspace.template == "spt-flow-ci" and _RULES.deadline(workspace) <= now
    }
