"""A workspace's days on the real Coder: shown, stopped, started, updated, kept, deleted, each by a command.

The tests of this file follow one workspace in their order; each leaves it running.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pexpect
import pytest

from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from tests.integration.coder.conftest import AGENT, BARE, POD, OwnTemplate, remove_template
from tests.support.cli_run import CliRun
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until

_BADGE = "Update available"


@pytest.fixture(scope="module")
def tiny(site: CoderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnTemplate]:
    """Return a template of this file's own, whose pods start and stop within a second or two."""
    folder = tmp_path_factory.mktemp("tiny")
    template = OwnTemplate(f"own-{secrets.token_hex(4)}", folder)
    template.write(BARE, AGENT, POD)
    with site.client() as client:
        wait_until(client.deployment.is_healthy, seconds=120)
        template.push(client)
        try:
            yield template
        finally:
            remove_template(site, client, template.name)


@pytest.fixture(scope="module")
def own(site: CoderSite, tiny: OwnTemplate) -> Iterator[Workspace]:
    """Return a workspace of that template; running, at first."""
    with site.client() as client:
        name = f"days-{secrets.token_hex(3)}"
        yield site.start(client, name, template=tiny.name, parameters={})


def _shown(cli: CliRun, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli.run("status", name, "--json").stdout)["workspace"]
    return found


def test_list_and_status_show_a_running_workspace(cli: CliRun, own: Workspace) -> None:
    listed = json.loads(cli.run("list", "--json").stdout)["workspaces"]
    (found,) = (one for one in listed if one["name"] == own.name)
    assert (found["state"], found["update_available"], found["owner"]) == ("running", False, own.owner_name)
    rows = cli.run("list").stdout.splitlines()
    assert rows[0].split()[:3] == ["WORKSPACE", "STATE", "TEMPLATE"]
    assert any(row.split()[:2] == [own.name, "running"] for row in rows)
    assert _shown(cli, own.name)["agents"] == [{"name": "main", "status": "connected", "lifecycle_state": "ready"}]


@pytest.mark.parametrize(("env", "heading"), [({}, "\x1b[1mWORKSPACE\x1b[0m"), ({"NO_COLOR": "1"}, "WORKSPACE  ")])
def test_colours_are_for_terminals_that_want_them(
    cli: CliRun, own: Workspace, env: dict[str, str], heading: str
) -> None:
    with cli.terminal("list", env=env) as terminal:
        terminal.expect(pexpect.EOF)
        assert terminal.before is not None
        assert terminal.before.startswith(heading)
        assert own.name in terminal.before


def test_logs_hold_the_build_to_its_end(cli: CliRun, own: Workspace) -> None:
    done = cli.run("logs", own.name)
    assert "Apply complete!" in done.stdout
    assert "== start, build 1" in done.stderr


def test_a_command_is_tied_together_by_its_correlation_id(cli: CliRun, own: Workspace) -> None:
    done = cli.run("status", own.name, "--json", env={"SPT_FLOW_CORRELATION_ID": "pipeline-4711"})
    assert json.loads(done.stdout)["correlation_id"] == "pipeline-4711"


def test_000_fr20_extend_keeps_it_running_for_up_to_24_hours(cli: CliRun, own: Workspace, client: CoderClient) -> None:
    for words, hours in ((("3h",), 3), ((), 8), (("24h",), 24)):
        done = cli.run("extend", own.name, *words)
        assert done.stdout.startswith(f"'{own.name}' runs until ")
        deadline = client.workspaces.get(own.id).latest_build.deadline
        assert deadline is not None
        assert abs(deadline - datetime.now(tz=UTC) - timedelta(hours=hours)) < timedelta(minutes=2)
    shorter = json.loads(cli.run("extend", own.name, "1h", "--json").stdout)
    assert shorter["changed"] is False
    assert cli.run("extend", own.name, "25h", check=False).returncode == 2


def test_000_s2_4_3_stop_stops_at_once_and_start_brings_it_back(cli: CliRun, own: Workspace) -> None:
    stopped = cli.run("stop", own.name)
    assert stopped.stdout == f"The workspace '{own.name}' is stopped; its home stays.\n"
    assert "Stop" in stopped.stderr
    assert _shown(cli, own.name)["state"] == "stopped"
    assert cli.run("stop", own.name).stdout == f"'{own.name}' was stopped already.\n"
    refused = cli.run("extend", own.name, check=False)
    assert (refused.returncode, f"Next:  sptcoder start {own.name}" in refused.stderr) == (1, True)
    started = cli.run("start", own.name)
    assert started.stdout == f"The workspace '{own.name}' is ready.\n"
    assert [line for line in started.stderr.splitlines() if line.startswith("✓")] != []
    assert _shown(cli, own.name)["state"] == "running"


def test_000_fr19_an_update_is_shown_everywhere_and_taken_by_restart_alone(
    cli: CliRun, own: Workspace, tiny: OwnTemplate, client: CoderClient
) -> None:
    before = client.workspaces.get(own.id).latest_build
    tiny.write(BARE, AGENT, POD, "\nlocals {\n  version = 2\n}\n")
    pushed = cli.run("template", "push", str(tiny.folder), "--name", tiny.name, "--no-smoke", "--json")
    version = json.loads(pushed.stdout)["template"]["version_name"]
    (row,) = (line for line in cli.run("list").stdout.splitlines() if line.startswith(own.name))
    assert row.endswith(_BADGE)
    assert f"{_BADGE}: sptcoder restart --update {own.name}" in cli.run("status", own.name).stdout
    assert f"{_BADGE} for {own.name}" in cli.run("extend", own.name).stderr
    assert client.workspaces.get(own.id).latest_build.id == before.id, "a push must not restart what runs"
    updated = cli.run("restart", "--update", own.name)
    assert _BADGE not in updated.stderr
    after = client.workspaces.get(own.id)
    assert (after.latest_build.template_version_name, after.outdated) == (version, False)


def test_ctrl_c_ends_the_waiting_and_not_the_stop(cli: CliRun, own: Workspace, client: CoderClient) -> None:
    with cli.terminal("stop", own.name) as terminal:
        terminal.expect("Stop")
        wait_until(lambda: client.workspaces.get(own.id).latest_build.transition == "stop", seconds=90)
        terminal.sendintr()
        terminal.expect(f"Stopped waiting; the stop of '{own.name}' goes on")
        terminal.expect(f"sptcoder status {own.name}")
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 130
    wait_until(lambda: _shown(cli, own.name)["state"] == "stopped", seconds=60)
    cli.run("start", own.name)


def test_delete_asks_on_a_terminal_and_takes_no_for_an_answer(cli: CliRun, own: Workspace) -> None:
    with cli.terminal("delete", own.name) as terminal:
        terminal.expect(r"with its home, and all that is not pushed \[y/N\]: ")
        terminal.sendline("")
        terminal.expect("stays")
        terminal.expect(pexpect.EOF)
    assert _shown(cli, own.name)["state"] == "running"
    refused = cli.run("delete", own.name, check=False)
    assert (refused.returncode, f"Next:  sptcoder delete {own.name} --yes" in refused.stderr) == (2, True)


def test_delete_takes_it_away_with_all_its_objects(cli: CliRun, own: Workspace, site: CoderSite) -> None:
    assert site.objects(own.id)
    with cli.terminal("delete", own.name) as terminal:
        terminal.expect(r"\[y/N\]: ")
        terminal.sendline("y")
        terminal.expect("is deleted, with its home", timeout=120)
        terminal.expect(pexpect.EOF)
    wait_until(lambda: site.objects(own.id) == [], seconds=90)
    gone = cli.run("status", own.name, check=False)
    assert (gone.returncode, f"You have no workspace '{own.name}'" in gone.stderr) == (1, True)
    assert cli.run("delete", own.name, "--yes", "--if-exists").returncode == 0


def test_000_s4_3_1_files_of_the_home_survive_stop_and_start(
    cli: CliRun, site: CoderSite, workspace: Workspace
) -> None:
    site.ssh(workspace.name, "echo survived > ~/kept-by-a-test")
    cli.run("stop", workspace.name)
    cli.run("start", workspace.name)
    assert site.ssh(workspace.name, "cat ~/kept-by-a-test && rm ~/kept-by-a-test").strip() == "survived"
