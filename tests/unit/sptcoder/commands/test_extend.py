"""`sptcoder extend`."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sptcoder.api import CoderClient
from sptcoder.workspaces.deadline import extend_workspace
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import NEVER, add_workspace
from tests.unit.sptcoder.commands.conftest import Typing


def _hours_left(coderd: Coderd) -> float:
    (workspace,) = coderd.platform.workspaces.values()
    deadline = datetime.fromisoformat(workspace["latest_build"]["deadline"])
    return (deadline - datetime.now(tz=UTC)) / timedelta(hours=1)


@pytest.mark.parametrize(("words", "hours"), [((), 8), (("3h",), 3), (("24h",), 24), (("2h30m",), 2.5)], ids=str)
def test_a_workspace_is_kept_for_so_long_from_now(
    coderd: Coderd, typed: Typing, words: tuple[str, ...], hours: float
) -> None:
    add_workspace(coderd.platform, "shop")
    done = typed("extend", "shop", *words)
    assert (done.code, done.stdout) == (0, "'shop' runs until TIME, used or not.\n")
    assert _hours_left(coderd) == pytest.approx(hours, abs=0.05)


@pytest.mark.parametrize("duration", ["25h", "10m", "tomorrow", "2d"])
def test_more_than_a_day_and_less_than_half_an_hour_is_misuse(coderd: Coderd, typed: Typing, duration: str) -> None:
    add_workspace(coderd.platform, "shop")
    assert typed("extend", "shop", duration).code == 2
    assert coderd.requests == []


def test_a_workspace_that_runs_for_longer_is_left_alone(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", deadline=timedelta(hours=12))
    done = typed("extend", "shop", "8h", "--json")
    assert (done.code, json.loads(done.stdout)["changed"], coderd.platform.events) == (0, False, [])


def test_a_workspace_without_a_deadline_has_none_to_move(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", deadline=None)
    done = typed("extend", "shop")
    assert (done.code, done.stdout) == (0, "'shop' does not stop by itself: it runs until you stop it.\n")


def test_a_stopped_workspace_is_to_be_started_first(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", status="stopped")
    done = typed("extend", "shop")
    assert (done.code, "Next:  sptcoder start shop" in done.stderr) == (1, True)


def test_the_end_of_a_pipelines_workspace_is_fixed(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "job", template="spt-flow-ci", hard_deadline="2030-01-01T00:00:00Z")
    done = typed("extend", "job")
    assert (done.code, coderd.platform.events) == (1, [])
    assert "it is deleted at TIME, which was fixed when it was created" in done.stderr


def test_a_template_that_allows_no_extension_is_told_in_the_servers_words(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    coderd.platform.may_extend = False
    done = typed("extend", "shop")
    assert (done.code, "Template does not allow user autostop" in done.stderr) == (1, True)


def test_the_templates_last_deadline_bounds_the_extension(coderd: Coderd, typed: Typing) -> None:
    workspace = coderd.platform.workspaces[add_workspace(coderd.platform, "shop")]
    workspace["latest_build"]["max_deadline"] = (datetime.now(tz=UTC) + timedelta(hours=5)).isoformat()
    assert typed("extend", "shop", "8h").code == 0
    assert _hours_left(coderd) == pytest.approx(5, abs=0.05)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    left=st.none() | st.integers(min_value=1, max_value=60 * 30),
    asked=st.integers(min_value=30, max_value=60 * 24),
    most=st.none() | st.integers(min_value=1, max_value=60 * 30),
)
def test_no_extension_shortens_and_none_passes_a_bound(
    coderd: Coderd, client: CoderClient, left: int | None, asked: int, most: int | None
) -> None:
    now = datetime.now(tz=UTC)
    coderd.platform.workspaces.clear()
    workspace = coderd.platform.workspaces[add_workspace(coderd.platform, "shop")]
    build = workspace["latest_build"]
    build["deadline"] = NEVER if left is None else (now + timedelta(minutes=left)).isoformat()
    build["max_deadline"] = NEVER if most is None else (now + timedelta(minutes=most)).isoformat()
    done = extend_workspace(client, client.workspaces.get(workspace["id"]), timedelta(minutes=asked), now=now)
    if left is None:
        assert (done.stops_at, done.changed) == (None, False)
        return
    assert done.stops_at is not None
    minutes = round((done.stops_at - now) / timedelta(minutes=1))
    assert minutes == max(left, asked if most is None else min(asked, most))
    assert done.changed == (minutes > left)
