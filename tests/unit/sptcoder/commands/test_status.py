"""`sptcoder status`."""

import json
from datetime import timedelta

from tests.conftest import Golden
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace
from tests.unit.sptcoder.commands.conftest import Typing


def test_a_running_workspace_is_shown_with_its_update_and_addresses(
    coderd: Coderd, typed: Typing, golden: Golden
) -> None:
    workspace = coderd.platform.workspaces[add_workspace(coderd.platform, "shop", outdated=True)]
    parameters = {"repo_url": "https://git.example.com/my/shop", "branch": "main"}
    coderd.platform.parameters[workspace["latest_build"]["id"]] = parameters
    done = typed("status", "shop")
    assert (done.code, done.stderr) == (0, "")
    golden("sptcoder/status", done.stdout)


def test_a_failed_one_says_why_and_where_to_look(coderd: Coderd, typed: Typing, golden: Golden) -> None:
    add_workspace(coderd.platform, "shop", status="failed", owner="sam")
    golden("sptcoder/status_failed", typed("status", "sam/shop").stdout)


def test_one_of_a_pipeline_shows_when_it_is_deleted(coderd: Coderd, typed: Typing) -> None:
    add_workspace(
        coderd.platform, "job", template="spt-flow-ci", deadline=timedelta(hours=1), hard_deadline="2999-01-01T00:00Z"
    )
    assert "(TIME), used or not" in typed("status", "job").stdout


def test_machines_get_one_object(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "shop", outdated=True)
    found = json.loads(typed("status", "shop", "--json").stdout)
    assert found["workspace"]["state"] == "running"
    assert found["workspace"]["update_available"] is True
    assert found["workspace"]["vscode"] == "https://coder.example.com/@spt-ci/shop.main/apps/code-server/"
    assert found["correlation_id"] == "ID"


def test_an_unknown_name_is_a_failure_with_the_nearest(coderd: Coderd, typed: Typing) -> None:
    add_workspace(coderd.platform, "webshop")
    done = typed("status", "webshp", "--json")
    assert (done.code, done.stderr) == (
        1,
        "Error: You have no workspace 'webshp'; near it is webshop.\nNext:  sptcoder list\n",
    )
    assert json.loads(done.stdout)["error"]["next"] == "sptcoder list"
