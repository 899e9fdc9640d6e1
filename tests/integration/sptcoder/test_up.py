"""`sptcoder up` and `open` against the real Coder: created, found, joined, started, for people and for pipelines.

The tests share one workspace, in their order; what they do not wait for runs beside them.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pexpect
import pytest

from lab.demo.repository import GREETING
from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from tests.conftest import Golden
from tests.integration.conftest import Platform
from tests.support.cli_run import CliRun
from tests.support.coder_site import SMALL, CoderSite
from tests.support.patience import wait_for_text, wait_until
from tests.support.private_host import private_repository
from tests.support.served_copies import ServedCopies, served_copies

pytestmark = pytest.mark.lab

GIT_PORT = 9427
OWNERS = ("a", "b")
SMALL_WORDS = [word for name, value in SMALL.items() for word in ("--param", f"{name}={value}")]
SMALL_PIPELINE = [word for name in ("cpu", "memory", "disk") for word in ("--param", f"{name}={SMALL[name]}")]


@pytest.fixture(scope="module")
def served(platform: Platform, site: CoderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCopies]:
    """Serve repositories that only these tests know; every workspace of theirs goes at the end."""
    folder = tmp_path_factory.mktemp("served")
    address = str(platform.instance.host_address)
    with served_copies(folder, address, port=GIT_PORT, owners=OWNERS) as copies, site.client() as client:
        yield copies
        _remove_all(site, client, copies.name)


def _remove_all(site: CoderSite, client: CoderClient, prefix: str) -> None:
    """Delete the workspaces whose names begin so, side by side."""
    names = {found.id for found in client.workspaces.list('owner:"me"') if found.name.startswith(prefix)}
    with ThreadPoolExecutor(max_workers=len(names) or 1) as pool:
        list(pool.map(lambda one: site.remove(client, one), names))


def _workspace(client: CoderClient, name: str) -> Workspace:
    found = client.workspaces.find(name)
    assert found is not None
    return found


def _plain(text: str, site: CoderSite, served: ServedCopies) -> str:
    """Return output without what differs from run to run, and without the lines of Terraform, whose order does too."""
    for found, shown in ((site.url, "<coder>"), (served.base, "<git>"), (served.name, "<repo>"), ("\u2713", "ok")):
        text = text.replace(found, shown)
    text = re.sub(r"(?m)^    (Plan|Apply complete|[a-z_]+\.[a-z_]+(\[0\])?): .*\n|^    Apply complete!.*\n", "", text)
    return re.sub(r" {2,}\d+\.\d s", "  <seconds> s", re.sub(r"Ready after \d+ s", "Ready after <n> s", text))


def test_000_s2_2_2_missing_it_is_created_with_template_and_repository(
    cli: CliRun, site: CoderSite, client: CoderClient, served: ServedCopies, golden: Golden
) -> None:
    url = served.url("a")
    done = cli.run("up", url, "--dotfiles", served.url("b"), *SMALL_WORDS)
    page = f"{site.url}/@{client.users.me().username}/{served.name}.main/apps/code-server/"
    assert done.stdout == f"{page}\n"
    golden("sptcoder/up", {"stderr": _plain(done.stderr, site, served)})
    made = _workspace(client, served.name)
    values = client.builds.parameters(made.latest_build.id)
    assert (made.template_name, values["repo_url"], values["cpu"]) == ("spt-flow", url, "1")


def test_000_s2_2_5_the_address_that_is_printed_is_that_of_the_editor(
    cli: CliRun, site: CoderSite, served: ServedCopies
) -> None:
    page = cli.run("open", served.name, "--print").stdout.strip()
    cookies = {"coder_session_token": site.token.get_secret_value()}

    def shown() -> str:
        answer = httpx.get(page, cookies=cookies, follow_redirects=True, trust_env=False, timeout=25)
        return answer.text if answer.status_code == httpx.codes.OK else ""

    wait_until(lambda: "code-server" in shown(), seconds=90)


def test_000_fr3_the_repository_and_the_dotfiles_are_cloned(site: CoderSite, served: ServedCopies) -> None:
    said = site.ssh(served.name, f"cd {served.name} && ./hello.sh && test -d ~/dotfiles/.git && echo dotfiles")
    assert said.splitlines()[0] == GREETING
    assert said.splitlines()[-1] == "dotfiles"


def test_000_s2_2_1_a_second_call_finds_the_same_workspace_and_changes_nothing(
    cli: CliRun, client: CoderClient, served: ServedCopies
) -> None:
    before = _workspace(client, served.name)
    done = cli.run("up", served.url("a").removesuffix(".git"), "--json")
    told = json.loads(done.stdout)
    assert (told["action"], told["workspace"]["name"], told["workspace"]["state"]) == ("found", served.name, "running")
    assert re.fullmatch(r"[0-9a-f]{32}", told["correlation_id"])
    assert _workspace(client, served.name).latest_build.id == before.latest_build.id
    assert done.seconds < 10


def test_000_s2_2_5_open_opens_the_browser(cli: CliRun, served: ServedCopies, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" >{opened}\n')
    browser.chmod(0o700)
    for words in (("up", served.url("a"), "--open"), ("open", served.name)):
        done = cli.run(*words, env={"BROWSER": str(browser)})
        wait_for_text(opened)
        assert opened.read_text() == done.stdout.strip()
        opened.unlink()


def test_000_s2_2_1_a_x_and_b_x_do_not_meet_in_one_workspace(
    cli: CliRun, site: CoderSite, client: CoderClient, served: ServedCopies
) -> None:
    done = cli.run("up", served.url("b"), "--no-wait", *SMALL_WORDS)
    name = f"{served.name}-b"
    assert done.stdout == f"{site.url}/@{client.users.me().username}/{name}\n"
    joined = json.loads(cli.run("up", served.url("b"), "--no-wait", "--json").stdout)
    assert (joined["workspace"]["name"], joined["action"]) in {(name, "joined"), (name, "found")}
    assert client.builds.parameters(_workspace(client, name).latest_build.id)["repo_url"] == served.url("b")


def test_000_s2_2_3_stopped_it_is_started_and_ctrl_c_leaves_it_to_itself(
    cli: CliRun, site: CoderSite, client: CoderClient, served: ServedCopies
) -> None:
    there = _workspace(client, served.name)
    site.stop(client, there.id)
    with cli.terminal("up", served.url("a")) as terminal:
        terminal.expect_exact("Build")
        terminal.sendintr()
        terminal.expect_exact(f"Stopped waiting; the workspace '{served.name}' goes on without you.")
        terminal.expect_exact(f"sptcoder up {served.url('a')} to wait again, or sptcoder delete {served.name}")
        terminal.expect(pexpect.EOF)
    assert terminal.exitstatus == 130
    with cli.terminal("up", served.url("a"), env={"NO_COLOR": "1"}, timeout=120, size=(30, 80)) as terminal:
        terminal.expect(pexpect.EOF)
        assert isinstance(terminal.before, str)
        _check_progress(terminal.before, served.name)
    assert terminal.exitstatus == 0
    now = _workspace(client, served.name)
    assert (now.id, now.latest_build.build_number) == (there.id, 3)
    assert all(agent.is_ready for agent in now.latest_build.agents)


def _check_progress(drawn: str, name: str) -> None:
    """Check that what is drawn fits the terminal, ends as a line a phase, and has no colours when none are wanted."""
    assert not re.search(r"\x1b\[[0-9;]*m", drawn)
    for phase in ("Agent", "Start script"):
        assert re.search(rf"\u2713 {phase} +\d+\.\d s", drawn), phase
    assert "\x1b[J" in drawn
    lines = re.sub(r"\x1b\[[0-9]*[AJ]|\r", "", drawn).splitlines()
    assert f"The workspace '{name}' is ready: sptcoder ssh {name}" in lines
    assert lines[-1].endswith("/apps/code-server/")
    assert all(len(line) < 80 for line in lines if "://" not in line)


def test_000_fr18_a_pipeline_finds_its_own_workspace_again_and_it_has_a_deadline(
    cli: CliRun, site: CoderSite, client: CoderClient, served: ServedCopies
) -> None:
    run = {"CI": "true", "GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_JOB": served.name}
    words = ("up", served.url("a"), "--ttl", "30m", "--json", *SMALL_PIPELINE)
    told = json.loads(cli.run(*words, env=run).stdout)
    name = told["workspace"]["name"]
    assert re.fullmatch(rf"{served.name}-ci-[0-9a-f]{{8}}", name)
    assert told["workspace"]["template"] == "spt-flow-ci"
    assert told["url"] == f"{site.url}/@{client.users.me().username}/{name}"
    deadline = datetime.fromisoformat(told["workspace"]["deleted_at"])
    assert timedelta(minutes=25) < deadline - datetime.now(tz=UTC) <= timedelta(minutes=30)
    again = json.loads(cli.run(*words, env=run).stdout)
    assert (again["workspace"]["name"], again["action"]) == (name, "found")
    agent = _workspace(client, name).latest_build.agents[0]
    assert agent.is_ready


def test_000_fr4_a_repository_that_cannot_be_read_is_told_before_anything_is_built(
    cli: CliRun, client: CoderClient, served: ServedCopies
) -> None:
    del served
    with private_repository("private-up") as url:
        done = cli.run("up", url, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "cannot be read without a login" in done.stderr
    assert "the server has no login for 127.0.0.1" in done.stderr
    assert "--lend-git-credentials" in done.stderr.splitlines()[-1]
    assert client.workspaces.find("private-up") is None


def test_failures_are_one_sentence_and_for_machines_an_object(cli: CliRun, served: ServedCopies) -> None:
    done = cli.run("up", served.url("a"), "--template", "nope", "--name", "up-nope", "--json", check=False)
    told = json.loads(done.stdout)
    assert done.returncode == told["error"]["exit_code"] == 1
    assert "has no template 'nope'" in told["error"]["message"]
    assert "--template NAME" in told["error"]["next"]
    assert told["correlation_id"]
    refused = cli.run("up", served.url("a"), "--param", "cpu=64", "--name", "up-nope", check=False)
    assert refused.returncode == 1
    assert "cpu" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["up", "file:///etc/passwd"], "is no repository"),
        (["up", "my/repo", "--ttl", "soon"], "is no length of time"),
        (["up", "my/repo", "--ttl", "10s"], "is no length of time"),
        (["up", "my/repo", "--name", "No Name"], "cannot be a workspace's name"),
        (["up", "my/repo", "--param", "cpu"], "expected is --param NAME=VALUE"),
        (["up", "my/repo", "--lend-git-credentials", "--no-wait"], "needs --wait"),
        (["up", "my/repo", "--branch=-x"], "is no name of a branch"),
        (["up"], "is no git checkout"),
    ],
)
def test_misuse_ends_with_2_and_never_asks(cli: CliRun, words: list[str], said: str) -> None:
    done = cli.run(*words, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
