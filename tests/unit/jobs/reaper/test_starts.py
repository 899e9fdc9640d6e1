"""How starts are counted: what is slow, what failed, and what is none of it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from jobs.reaper.decision import Workspace
from jobs.reaper.starts import Starts, count_starts
from sptcoder.api.models.workspace import Agent

_NOW: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _workspace(**changes: Any) -> Workspace:  # noqa: ANN401 - fields of a workspace
    fields: dict[str, Any] = {
        "id": UUID(int=1),
        "name": "demo",
        "owner": "ada",
        "template": "spt-flow",
        "created_at": _NOW - timedelta(days=9),
        "ttl": None,
        "build_id": UUID(int=2),
        "build_transition": "start",
        "build_status": "running",
        "build_created_at": _NOW - timedelta(hours=1),
        "usable_after": timedelta(seconds=40),
    }
    return Workspace(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Starts(begun=1, longest_seconds=40)),
        ({"usable_after": timedelta(seconds=120)}, Starts(begun=1, longest_seconds=120)),
        ({"usable_after": timedelta(seconds=121)}, Starts(begun=1, slow=1, longest_seconds=121)),
        ({"build_status": "failed", "usable_after": None}, Starts(begun=1, failed=1)),
        # Late already, or not yet.
        ({"usable_after": None}, Starts(begun=1, slow=1)),
        ({"usable_after": None, "build_created_at": _NOW - timedelta(seconds=100)}, Starts(begun=1)),
        ({"build_transition": "stop"}, Starts()),
        ({"build_status": "canceled"}, Starts()),
        ({"build_created_at": _NOW - timedelta(hours=25)}, Starts()),
        ({"build_created_at": None}, Starts()),
    ],
)
def test_a_start_is_counted_as_what_it_was(changes: dict[str, Any], expected: Starts) -> None:
    assert count_starts([_workspace(**changes)], _NOW) == expected


def test_all_are_counted_together() -> None:
    found = count_starts(
        [_workspace(), _workspace(usable_after=timedelta(minutes=5)), _workspace(build_status="failed")], _NOW
    )
    assert found == Starts(begun=3, failed=1, slow=1, longest_seconds=300)


def test_a_pod_that_was_replaced_later_makes_no_start_slow() -> None:
    asked = _NOW - timedelta(hours=9)
    agent = Agent(
        id="1",
        name="main",
        status="connected",
        first_connected_at=asked + timedelta(seconds=20),
        started_at=_NOW - timedelta(seconds=10),
        ready_at=_NOW,
    )
    assert agent.usable_after(asked) == timedelta(seconds=30)
    assert agent.model_copy(update={"ready_at": None}).usable_after(asked) is None
