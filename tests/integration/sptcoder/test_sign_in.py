"""`sptcoder init` and contexts: real processes, a real terminal, the real Coder."""

import json
import stat
from pathlib import Path

import pexpect
import pytest

from tests.support.cli_run import CliRun
from tests.support.coder_site import CoderSite

CANARY = "canary-4711-secret"


def _config(cli: CliRun) -> Path:
    return cli.folder / "xdg_config_home" / "spt-flow" / "config.yaml"


def _token(site: CoderSite) -> str:
    return site.token.get_secret_value()


def test_000_s1_2_1_init_asks_for_address_and_hidden_token(stranger: CliRun, site: CoderSite) -> None:
    with stranger.terminal("init") as child:
        child.expect_exact("Address of your Coder server: ")
        child.sendline(site.url)
        child.expect_exact(f"Make a session token at {site.url}/cli-auth")
        child.expect_exact("Session token: ")
        child.sendline(CANARY)
        child.expect_exact("refuses your session token")
        child.expect_exact("Session token: ")
        child.sendline(_token(site))
        child.expect(r"Signed in to \S+ as (\S+) \(context '(\S+)', kept in (\S+)\)")
        child.expect(pexpect.EOF)
        shown = child.before
    child.close()
    assert child.exitstatus == 0
    assert shown is not None
    assert _token(site) not in shown
    assert stat.S_IMODE(_config(stranger).stat().st_mode) == 0o600


def test_000_s1_2_1_neither_token_is_shown_while_it_is_typed(stranger: CliRun, site: CoderSite) -> None:
    seen: list[str] = []
    with stranger.terminal("init", "--url", site.url) as child:
        for word in (CANARY, _token(site)):
            child.expect_exact("Session token: ")
            seen.append(str(child.before))
            child.sendline(word)
        child.expect(pexpect.EOF)
        seen.append(str(child.before))
    text = "".join(seen)
    assert "Signed in to" in text
    assert CANARY not in text
    assert _token(site) not in text


def test_000_s1_2_2_a_wrong_address_is_asked_again_and_a_lab_offered(stranger: CliRun, site: CoderSite) -> None:
    """002:50-53: on a terminal the address is asked for again, and a server of one's own is offered."""
    _checkout_with_make(stranger)
    with stranger.terminal("init", "--url", "http://127.0.0.1:1") as child:
        child.expect_exact("cannot be reached: nothing listens there")
        child.expect(r"Start a Coder server on this machine \('make up' in \S+; some minutes\)\? \[y/N\]: ")
        child.sendline("n")
        child.expect_exact("Address of your Coder server: ")
        child.sendline("not an address")
        child.expect_exact("is no address of a Coder server; expected is http(s)://host")
        child.expect_exact("[y/N]: ")
        child.sendline("y")
        child.expect_exact("the lab is up")
        child.expect_exact("'make up' has ended; it printed its address.")
        child.expect_exact("Address of your Coder server: ")
        child.sendline(site.url)
        child.expect_exact("Session token: ")
        child.sendline(_token(site))
        child.expect_exact("Signed in to")
        child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def _checkout_with_make(cli: CliRun) -> None:
    """Let commands be started in what looks like a checkout, whose `make up` only says so."""
    cli.variables()
    (cli.work / "lab").mkdir()
    (cli.work / "Pulumi.yaml").write_text("")
    (cli.work / "Makefile").write_text("up:\n\t@echo the lab is up\n")


def test_ctrl_c_at_the_prompt_ends_it(stranger: CliRun) -> None:
    with stranger.terminal("init") as child:
        child.expect_exact("Address of your Coder server: ")
        child.sendintr()
        child.expect_exact("Stopped on request.")
        child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert not _config(stranger).exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not an address", "ftp://coder.example.com"])
def test_002_50_a_wrong_address_without_a_terminal_is_a_misuse(stranger: CliRun, url: str) -> None:
    done = stranger.run("init", "--url", url, "--token-stdin", stdin=CANARY, check=False)
    assert done.returncode == 2
    assert "make up" in done.stderr.splitlines()[1]
    assert CANARY not in done.stdout + done.stderr
    assert not _config(stranger).exists()


@pytest.mark.parametrize(
    ("words", "missing"),
    [((), "Address of your Coder server"), (("--url", "URL"), "Session token")],
    ids=["no address", "no token"],
)
def test_nothing_is_asked_without_a_terminal(
    stranger: CliRun, site: CoderSite, words: tuple[str, ...], missing: str
) -> None:
    done = stranger.run("init", *(site.url if word == "URL" else word for word in words), check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: Nobody can be asked here ({missing}): this is no terminal.\nNext:  ")
    assert "--token-stdin" in done.stderr.splitlines()[1]


def test_a_terminal_of_a_pipeline_is_not_asked(stranger: CliRun) -> None:
    with stranger.terminal("init", env={"CI": "true"}) as child:
        child.expect_exact("Nobody can be asked here")
        child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


def test_000_s1_2_4_later_commands_read_what_was_saved(stranger: CliRun, site: CoderSite) -> None:
    stranger.sign_in(site.url, _token(site), "--no-checks")
    said = json.loads(stranger.run("version", "--json").stdout)["server"]
    assert said["url"] == site.url
    assert said["version"].startswith("v2.")
    assert json.loads(stranger.run("list", "--json").stdout)


def test_000_s1_2_3_the_file_in_the_home_is_read_by_later_commands(stranger: CliRun, site: CoderSite) -> None:
    stranger.variables()
    legacy = stranger.folder / "home" / ".spt-flow.yaml"
    legacy.write_text(f"url: {site.url}\ntoken: {_token(site)}\n")
    assert json.loads(stranger.run("list", "--json").stdout)


def test_001_150_init_runs_the_checks_of_doctor(stranger: CliRun, site: CoderSite) -> None:
    done = stranger.run("init", "--url", site.url, "--token-stdin", "--json", stdin=_token(site))
    said = json.loads(done.stdout)
    assert said["url"] == site.url
    assert {finding["state"] for finding in said["findings"]} <= {"note", "problem"}
    assert "git logins" in {finding["matter"] for finding in said["findings"]}
    assert _token(site) not in done.stdout + done.stderr
    without_git = stranger.run(
        *("init", "--url", site.url, "--token-stdin"),
        stdin=_token(site),
        env={"PATH": str(stranger.folder)},
    )
    assert "problem  git            git is not on PATH" in without_git.stderr
    assert "Next: install git, or use sptcoder up --no-check" in without_git.stderr


def test_several_contexts(stranger: CliRun, site: CoderSite) -> None:
    stranger.sign_in(site.url, _token(site), "--no-checks", "--context", "lab")
    stranger.sign_in(site.url, _token(site), "--no-checks", "--context", "other", "--git-host", "git.example.com")
    assert stranger.run("context", "list").stdout == f"  lab    {site.url}\n* other  {site.url}\n"
    assert stranger.run("context", "use", "lab").stdout == f"Commands now talk to {site.url} (context 'lab').\n"
    shown = json.loads(stranger.run("context", "show", "--json").stdout)
    assert (shown["name"], shown["current"], shown["git_host"]) == ("lab", True, "github.com")
    assert json.loads(stranger.run("context", "show", "other", "--json").stdout)["git_host"] == "git.example.com"
    refused = stranger.run("context", "remove", "lab", check=False)
    assert refused.returncode == 2
    assert "sptcoder context remove lab --yes" in refused.stderr
    stranger.run("context", "remove", "lab", "--yes")
    lost = stranger.run("list", check=False)
    assert lost.returncode == 1
    assert "Next:  sptcoder context use other" in lost.stderr
    unknown = stranger.run("list", "--context", "lab", check=False)
    assert unknown.returncode == 2
    assert "There is no context 'lab'; known are: 'other'." in unknown.stderr
    assert _token(site) not in _everything(stranger, "context", "list", "--json")


def _everything(cli: CliRun, *words: str) -> str:
    done = cli.run(*words)
    return done.stdout + done.stderr
