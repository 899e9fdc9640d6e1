"""`sptcoder up` as a real process against a server that misbehaves, is newer, or wants a login first.

The stand-in is the server: the lab's real one is left alone.
"""

import time
import uuid
from collections.abc import Iterator

import pexpect
import psutil
import pytest

from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.cli_run import CliRun
from tests.support.coder_workspaces import add_workspace
from tests.support.private_host import private_repository

URL = "https://git.example.com/my/repo"
UP = ("up", URL, "--no-check")
POLLED = "/api/v2/workspace(builds|agents)/.*"


@pytest.fixture
def coderd() -> Iterator[Coderd]:
    """Run a server of a newer version with the template spt-flow."""
    with Coderd() as server:
        server.platform.version = "v2.37.0"
        version, template = str(uuid.uuid4()), str(uuid.uuid4())
        one = {"id": version, "name": "1", "template_id": template, "archived": False, "message": ""}
        server.platform.versions[version] = {**one, "job": server.platform.jobs.add("succeeded")}
        there = {"id": template, "name": "spt-flow", "organization_id": "o", "active_version_id": version}
        server.platform.templates[template] = there
        server.platform.rich_parameters = [{"name": "repo_url"}, {"name": "branch"}]
        yield server


@pytest.fixture
def cli(stranger: CliRun, coderd: Coderd) -> CliRun:
    return CliRun(stranger.folder, {"CODER_URL": coderd.url, "CODER_SESSION_TOKEN": coderd.platform.token})


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([Fault("GET", POLLED, "drop", times=4, after=1)], id="the server restarts"),
        pytest.param([Fault("GET", POLLED, "proxy", times=3, status=502, after=1)], id="a proxy stands in for it"),
        pytest.param([Fault("GET", f"{POLLED}/logs", "truncate", times=3)], id="the log stream is dropped"),
        pytest.param([Fault("GET", POLLED, "status", times=3, status=500)], id="it answers 500"),
        pytest.param([Fault("GET", ".*", "slow", times=20, seconds=0.2)], id="the network is slow"),
        pytest.param([Fault("POST", ".*/workspaces", "drop-after")], id="the answer to the creation is lost"),
        pytest.param([Fault("GET", ".*", "status", times=1, status=429, headers={"Retry-After": "1"})], id="a limit"),
    ],
)
def test_up_ends_well_whatever_the_server_does_meanwhile(cli: CliRun, coderd: Coderd, faults: list[Fault]) -> None:
    coderd.faults += faults
    done = cli.run(*UP)
    assert done.stdout == f"{coderd.url}/@spt-ci/repo\n"
    assert coderd.platform.events == ["workspace repo"]
    assert [done.stderr.count(f"    line {number}\n") for number in (1, 2, 3)] == [1, 1, 1]


def test_the_update_badge_is_shown_and_nothing_is_restarted(cli: CliRun, coderd: Coderd) -> None:
    workspace = coderd.platform.workspaces[add_workspace(coderd.platform, "repo", outdated=True)]
    coderd.platform.parameters[workspace["latest_build"]["id"]] = {"repo_url": URL}
    for words in (UP, ("open", "repo", "--print")):
        done = cli.run(*words)
        assert done.stdout == f"{coderd.url}/@spt-ci/repo.main/apps/code-server/\n"
        assert "Update available for repo: sptcoder restart --update repo\n" in done.stderr
    assert not coderd.count("POST")
    assert not coderd.count("PUT")


def test_000_fr4_on_a_terminal_the_link_is_shown_and_the_build_waits_for_it(cli: CliRun, coderd: Coderd) -> None:
    provider = {"id": "git", "type": "gitlab", "display_name": "Example Git", "authenticated": False}
    coderd.platform.version_details["external-auth"] = [provider]
    with private_repository("repo") as url, cli.terminal("up", url) as terminal:
        terminal.expect_exact(f"Link your account to Example Git: {coderd.url}/external-auth/git")
        assert not coderd.platform.workspaces
        coderd.platform.linked.add("git")
        terminal.expect_exact("needs a login: the server's link to Example Git is used")
        terminal.expect_exact("The workspace 'repo' is ready")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 0


def test_000_fr4_ctrl_c_while_the_link_is_waited_for_leaves_nothing_behind(cli: CliRun, coderd: Coderd) -> None:
    provider = {"id": "git", "type": "gitlab", "authenticated": False}
    coderd.platform.version_details["external-auth"] = [provider]
    with private_repository("repo") as url, cli.terminal("up", url) as terminal:
        terminal.expect_exact("Ctrl-C ends.")
        terminal.sendintr()
        terminal.expect_exact("Stopped on request.")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 130
    assert not coderd.platform.workspaces


def test_000_fr4_a_pipeline_is_told_the_link_and_not_kept_waiting(cli: CliRun, coderd: Coderd) -> None:
    provider = {"id": "git", "type": "gitlab", "authenticated": False}
    coderd.platform.version_details["external-auth"] = [provider]
    with private_repository("repo") as url:
        done = cli.run("up", url, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"Next:  open {coderd.url}/external-auth/git in a browser, then the same command"
    )


def test_while_it_waits_it_takes_less_than_2_percent_of_a_core(cli: CliRun, coderd: Coderd) -> None:
    coderd.platform.jobs.script.agent_status = "connecting"
    with cli.started(*UP) as process:
        while not any("workspaceagents" in request.path for request in list(coderd.requests)):
            assert process.poll() is None
            time.sleep(0.1)
        time.sleep(2.0)
        watched = psutil.Process(process.pid)
        before = watched.cpu_times()
        time.sleep(6.0)
        after = watched.cpu_times()
    used = after.user + after.system - before.user - before.system
    assert used / 6.0 < 0.02


def test_the_token_is_in_no_argument_no_output_and_no_address(cli: CliRun, coderd: Coderd) -> None:
    coderd.faults.append(Fault("POST", ".*/workspaces", "status", status=400, message=f"no {coderd.platform.token}"))
    done = cli.run(*UP, "--json", check=False)
    assert done.returncode == 1
    assert coderd.platform.token not in done.stdout + done.stderr
    assert not any(coderd.platform.token in request.path for request in coderd.requests)
