"""`sptcoder list`, against a server that holds what a real one seldom does at once."""

import json
from datetime import UTC, datetime, timedelta

from tests.conftest import Golden
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace
from tests.unit.sptcoder.commands.conftest import Typing


def _fill(coderd: Coderd) -> None:
    add_workspace(coderd.platform, "shop", outdated=True)
    add_workspace(coderd.platform, "engine", status="stopped")
    add_workspace(coderd.platform, "cart", status="failed", outdated=True)
    add_workspace(coderd.platform, "slow", agent="connecting", lifecycle="created")
    add_workspace(coderd.platform, "lost", agent="disconnected")
    add_workspace(coderd.platform, "halting", lifecycle="start_error", deadline=None)
    soon = datetime.now(tz=UTC) + timedelta(minutes=12, seconds=30)
    add_workspace(coderd.platform, "job-1", template="spt-flow-ci", hard_deadline=soon.isoformat())
    add_workspace(coderd.platform, "theirs", owner="sam")


def test_the_list_has_states_ends_and_the_update_badge(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    _fill(coderd)
    mine, all_of_them = typed("list"), typed("list", "--all")
    assert (mine.code, mine.stderr, all_of_them.code) == (0, "", 0)
    golden("sptcoder/list", mine.stdout)
    golden("sptcoder/list_all", all_of_them.stdout)


def test_machines_get_one_object(coderd: Coderd, typed: Typing) -> None:
    _fill(coderd)
    done = typed("list", "--json")
    found = json.loads(done.stdout)
    assert found.keys() == {"workspaces", "correlation_id"}
    names = [workspace["name"] for workspace in found["workspaces"]]
    assert names == ["cart", "engine", "halting", "job-1", "lost", "shop", "slow"]
    updates = [workspace["name"] for workspace in found["workspaces"] if workspace["update_available"]]
    assert updates == ["cart", "shop"]


def test_an_empty_list_says_how_to_begin(typed: Typing) -> None:
    done = typed("list")
    assert (done.code, done.stdout) == (0, "")
    assert done.stderr == "There are no workspaces yet; 'sptcoder up REPOSITORY' makes one.\n"


def test_a_list_of_many_pages_is_whole(coderd: Coderd, typed: Typing) -> None:
    for number in range(600):
        add_workspace(coderd.platform, f"workspace-{number}")
    assert len(typed("list").stdout.splitlines()) == 601


def test_an_answer_that_is_cut_off_is_asked_for_again(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    coderd.faults.append(Fault("GET", "/api/v2/workspaces", "truncate"))
    assert "shop" in typed("list").stdout
