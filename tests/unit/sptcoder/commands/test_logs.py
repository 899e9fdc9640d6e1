"""`sptcoder logs`."""

import json

from tests.conftest import Golden
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace
from tests.unit.sptcoder.commands.conftest import Typing

_BUILD_LOGS = r"/api/v2/workspacebuilds/[0-9a-f-]+/logs"


def test_the_build_comes_first_then_the_start_script(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop")
    done = typed("logs", "shop")
    assert done.code == 0
    golden("sptcoder/logs", {"stdout": done.stdout, "stderr": done.stderr})


def test_a_failed_build_shows_its_error_lines(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", status="failed")
    assert "Error: no such thing" in typed("logs", "shop").stdout


def test_follow_goes_on_until_the_build_has_ended_and_shows_each_line_once(coderd: Coderd, typed: Typing) -> None:
    coderd.platform.jobs.script.polls = 3
    add_workspace(coderd.platform, "shop", status="stopped")
    assert typed("start", "shop", "--no-wait").code == 0
    lines = typed("logs", "shop", "--follow").stdout.splitlines()
    assert lines == ["line 1", "line 2", "line 3", "last words of the start script"]


def test_a_log_that_is_dropped_on_the_way_goes_on_where_it_was(coderd: Coderd, typed: Typing) -> None:
    coderd.platform.jobs.script.polls = 3
    add_workspace(coderd.platform, "shop", status="stopped")
    typed("start", "shop", "--no-wait")
    coderd.faults.append(Fault("GET", _BUILD_LOGS, "drop", after=1, times=2))
    lines = typed("logs", "shop", "--follow").stdout.splitlines()
    assert lines[:4] == ["line 1", "line 2", "line 3", "last words of the start script"]


def test_a_log_cannot_steer_a_terminal(coderd: Coderd, typed: Typing) -> None:
    coderd.platform.jobs.script.error_lines = ("\x1b]0;owned\x07\x1b[2Jred \x1b[31malert\x1b[0m\x07",)
    add_workspace(coderd.platform, "shop", status="failed")
    assert typed("logs", "shop").stdout.splitlines()[-1] == "red alert"


def test_machines_get_lines_with_source_stage_and_level(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop")
    found = json.loads(typed("logs", "shop", "--json").stdout)
    assert found["build"] == {"number": 4, "transition": "start", "status": "running"}
    assert found["lines"][0] == {"source": "build", "text": "line 1", "level": "info", "stage": "Planning"}
    assert found["lines"][-1]["source"] == "main"


def test_follow_and_json_exclude_each_other(coderd: Coderd, typed: Typing) -> None:
    done = typed("logs", "shop", "--follow", "--json")
    assert (done.code, coderd.requests) == (2, [])
