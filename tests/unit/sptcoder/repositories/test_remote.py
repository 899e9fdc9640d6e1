"""Asking a host as a stranger, with a real git: nobody is asked anything, and no login of this machine is used."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.command import Command
from sptcoder.repositories.remote import Answer, ask_remote
from tests.support.private_host import PrivateHost, private_host

CANARY = "canary-password-4711"


@pytest.fixture
def host() -> Iterator[PrivateHost]:
    with private_host() as one:
        yield one


@pytest.fixture
def repository(tmp_path: Path) -> str:
    quiet = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com"}
    git = Command("git", env={**quiet, "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com"}, cwd=tmp_path)
    git.run("init", "--quiet", "--initial-branch=main")
    git.run("commit", "--quiet", "--allow-empty", "--message", "one")
    return f"file://{tmp_path}"


def test_what_anybody_can_read_is_readable(repository: str) -> None:
    assert ask_remote(repository).answer is Answer.READABLE
    assert ask_remote(repository, "main").answer is Answer.READABLE


def test_a_branch_that_is_not_there_is_told(repository: str) -> None:
    assert ask_remote(repository, "nowhere").answer is Answer.NO_BRANCH


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_login_that_is_wanted_is_a_refusal(host: PrivateHost, status: int) -> None:
    host.status = status
    assert ask_remote(f"{host.url}/my/repo").answer is Answer.REFUSED


def test_no_credential_of_this_machine_is_offered(
    host: PrivateHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\nprintf 'username=me\\npassword={CANARY}\\n'\n")
    helper.chmod(0o700)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[credential]\n\thelper = {helper}\n[core]\n\taskPass = {helper}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_ASKPASS", str(helper))
    answer = ask_remote(f"{host.url}/my/repo")
    assert answer.answer is Answer.REFUSED
    assert host.offered
    assert not any(host.offered)
    assert base64.b64encode(f"me:{CANARY}".encode()).decode() not in " ".join(host.offered)


def test_no_header_of_the_checkout_we_are_in_is_sent(
    host: PrivateHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Command("git").run("init", "--quiet", str(tmp_path))
    header = f"Authorization: basic {CANARY}"
    Command("git").run("-C", str(tmp_path), "config", f"http.{host.url}/.extraheader", header)
    monkeypatch.chdir(tmp_path)
    assert ask_remote(f"{host.url}/my/repo").answer is Answer.REFUSED
    assert host.offered
    assert not any(host.offered)


def test_rules_that_rewrite_addresses_do_not_count(
    repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "gitconfig"
    folder, slash, name = repository.rpartition("/")
    settings.write_text(f'[url "{folder}{slash}"]\n\tinsteadOf = http://127.0.0.1:1/my/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    url = f"http://127.0.0.1:1/my/{name}"
    assert Command("git").run("ls-remote", url).stdout, "the rule does its work"
    assert ask_remote(url).answer is Answer.UNREACHABLE


def test_a_host_that_does_not_answer_is_unreachable_and_says_why() -> None:
    found = ask_remote("http://127.0.0.1:1/my/repo")
    assert found.answer is Answer.UNREACHABLE
    assert "127.0.0.1" in found.words
    assert "\n" not in found.words


def test_a_slow_host_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = ask_remote("https://git.example.com/a/b", seconds=0.2)
    assert (found.answer, found.words) == (Answer.UNREACHABLE, "no answer within 0.2 s")


def test_without_git_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_remote("https://git.example.com/a/b").answer is Answer.NOT_ASKED
