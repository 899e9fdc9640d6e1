"""`stop`, `start`, `restart` and `delete`, against a server that is in the middle of something else or at fault."""

import json
from typing import Any

import pytest

from tests.conftest import Golden
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace
from tests.unit.sptcoder.commands.conftest import Typing

_BUILDS = r"/api/v2/workspaces/[0-9a-f-]+/builds"


def _begin(coderd: Coderd, workspace: str, transition: str, *, polls: int = 3) -> dict[str, Any]:
    """Have a build under way that ends after being asked for so many times."""
    coderd.platform.jobs.script.polls = polls
    answer = coderd.platform.answer(
        "POST",
        f"/api/v2/workspaces/{workspace}/builds",
        {},
        json.dumps({"transition": transition}).encode(),
        coderd.platform.token,
    )
    coderd.platform.events.clear()
    coderd.platform.jobs.script.polls = 1
    build: dict[str, Any] = answer.body
    return build


def _transitions(coderd: Coderd) -> list[str]:
    return [event.split()[0] for event in coderd.platform.events]


def test_stop_stops_and_says_so(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop")
    done = typed("stop", "shop")
    assert (done.code, _transitions(coderd)) == (0, ["stop"])
    golden("sptcoder/stop", {"stdout": done.stdout, "stderr": done.stderr})


def test_start_waits_for_the_agent_and_shows_the_badge(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop", status="stopped", outdated=True)
    done = typed("start", "shop")
    assert (done.code, _transitions(coderd)) == (0, ["start"])
    golden("sptcoder/start", {"stdout": done.stdout, "stderr": done.stderr})


@pytest.mark.parametrize(("command", "status"), [("stop", "stopped"), ("start", "running")])
def test_what_is_done_already_is_not_done_again(coderd: Coderd, typed: Typing, command: str, status: str) -> None:
    add_workspace(coderd.platform, "shop", status=status)
    done = typed(command, "shop")
    assert (done.code, _transitions(coderd)) == (0, [])
    assert "already" in done.stdout


@pytest.mark.parametrize("command", ["stop", "start", "delete"])
def test_a_build_of_the_same_kind_is_joined(coderd: Coderd, typed: Typing, command: str) -> None:
    _begin(coderd, add_workspace(coderd.platform, "shop", status="failed"), command)
    words = ("--yes",) if command == "delete" else ()
    assert typed(command, "shop", *words).code == 0
    assert _transitions(coderd) == []


def test_stop_cancels_a_start(coderd: Coderd, typed: Typing) -> None:
    build = _begin(coderd, add_workspace(coderd.platform, "shop", status="stopped"), "start", polls=10_000)
    assert typed("stop", "shop").code == 0
    assert coderd.platform.jobs.states[build["job"]["id"]]["end"] == "canceled"
    assert _transitions(coderd) == ["stop"]


def test_start_waits_for_a_stop_to_end(coderd: Coderd, typed: Typing) -> None:
    build = _begin(coderd, add_workspace(coderd.platform, "shop"), "stop")
    assert typed("start", "shop").code == 0
    assert coderd.platform.jobs.states[build["job"]["id"]]["end"] == "succeeded"
    assert _transitions(coderd) == ["start"]


def test_a_start_that_may_not_be_canceled_is_waited_for(coderd: Coderd, typed: Typing) -> None:
    _begin(coderd, add_workspace(coderd.platform, "shop", status="stopped"), "start")
    coderd.faults.append(Fault("PATCH", r"/api/v2/workspacebuilds/.*/cancel", "status", status=403))
    assert typed("stop", "shop").code == 0
    assert _transitions(coderd) == ["stop"]


def test_what_is_being_deleted_is_not_started(coderd: Coderd, typed: Typing) -> None:
    _begin(coderd, add_workspace(coderd.platform, "shop"), "delete")
    done = typed("start", "shop")
    assert done.code == 1
    assert done.stderr == "Error: The workspace 'shop' is being deleted.\nNext:  sptcoder list\n"


def test_somebody_elses_build_in_between_is_waited_for(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    coderd.faults.append(Fault("POST", _BUILDS, "status", status=409, times=2))
    assert typed("stop", "shop").code == 0
    assert _transitions(coderd) == ["stop"]


def test_builds_without_end_are_an_error(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    coderd.faults.append(Fault("POST", _BUILDS, "status", status=409, times=99))
    done = typed("stop", "shop")
    assert (done.code, "kept busy by builds that others begin" in done.stderr) == (1, True)


def test_a_build_that_fails_is_told_with_its_last_error_lines(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop", status="stopped")
    coderd.platform.jobs.script.start_status = "failed"
    done = typed("start", "shop")
    assert done.code == 1
    golden("sptcoder/start_failed", {"stdout": done.stdout, "stderr": done.stderr})


def test_no_wait_only_asks(coderd: Coderd, typed: Typing) -> None:
    coderd.platform.jobs.script.polls = 10_000
    add_workspace(coderd.platform, "shop")
    done = typed("stop", "shop", "--no-wait")
    assert (done.code, done.stdout) == (0, "The workspace 'shop' is being stopped; its home stays.\n")


def test_the_changed_workspace_is_told_to_machines(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    first, second = (json.loads(typed("stop", "shop", "--json").stdout) for _ in range(2))
    assert (first["workspace"]["state"], first["changed"], second["changed"]) == ("stopped", True, False)


def test_restart_stops_and_starts_with_the_version_it_has(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", outdated=True)
    done = typed("restart", "shop")
    assert (done.code, _transitions(coderd)) == (0, ["stop", "start"])
    assert "Update available for shop: sptcoder restart --update shop" in done.stderr


def test_restart_update_takes_the_active_version(coderd: Coderd, typed: Typing) -> None:
    workspace = add_workspace(coderd.platform, "shop", outdated=True)
    known = coderd.platform.workspaces[workspace]
    coderd.platform.versions[known["template_active_version_id"]] = {
        "id": known["template_active_version_id"],
        "name": "newest",
    }
    done = typed("restart", "--update", "shop")
    assert (done.code, known["latest_build"]["template_version_name"], known["outdated"]) == (0, "newest", False)
    assert "Update available" not in done.stderr


def test_a_new_version_is_asked_what_it_needs_before_anything_is_stopped(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", outdated=True)
    coderd.platform.rich_parameters = [{"name": "region", "required": True}, {"name": "cpu", "required": False}]
    missing = typed("restart", "--update", "shop")
    unknown = typed("restart", "--update", "shop", "--param", "regoin=eu")
    assert (missing.code, unknown.code, _transitions(coderd)) == (2, 2, [])
    assert "asks for 'region'" in missing.stderr
    assert "Next:  sptcoder restart --update shop --param region=VALUE" in missing.stderr
    assert "has no parameter 'regoin'; it has: cpu, region." in unknown.stderr
    assert typed("restart", "--update", "shop", "--param", "region=eu").code == 0
    assert coderd.platform.parameters[next(iter(coderd.platform.workspaces.values()))["latest_build"]["id"]] == {
        "region": "eu"
    }


def test_delete_without_a_terminal_needs_yes(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    done = typed("delete", "shop")
    assert (done.code, _transitions(coderd)) == (2, [])
    assert "Next:  sptcoder delete shop --yes" in done.stderr


def test_delete_with_yes_deletes(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop", status="failed")
    done = typed("delete", "shop", "--yes")
    assert (done.code, _transitions(coderd), coderd.platform.workspaces) == (0, ["delete"], {})
    golden("sptcoder/delete", {"stdout": done.stdout, "stderr": done.stderr})


def test_the_last_step_of_a_pipeline_may_find_nothing_to_delete(typed: Typing) -> None:
    assert typed("delete", "shop", "--yes").code == 1
    done = typed("delete", "shop", "--yes", "--if-exists")
    assert (done.code, done.stdout) == (0, "There is no workspace 'shop': nothing to delete.\n")


def test_a_deletion_that_fails_leaves_the_workspace_and_says_so(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    coderd.platform.jobs.script.delete_status = "failed"
    done = typed("delete", "shop", "--yes")
    assert (done.code, "Next:  sptcoder logs shop" in done.stderr) == (1, True)
    assert len(coderd.platform.workspaces) == 1
