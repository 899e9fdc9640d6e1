"""One session: what is lent to it, what it is told, and what its end means."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.errors import SptFlowError, UsageError
from sptcoder.connection import shell, tunnel
from sptcoder.connection.program import CoderProgram
from sptcoder.connection.shell import Wanted, run_shell
from sptcoder.connection.tunnel import ConnectionFailedError, Tunnel, open_tunnel
from sptcoder.session import Session
from tests.support.posix import posix_only

pytestmark = posix_only

CANARY = "canary-token-1516"
SESSION = cast(
    "Session",
    SimpleNamespace(environment=lambda: {"CODER_URL": "https://c.example.com", "CODER_SESSION_TOKEN": CANARY}),
)


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an `ssh` on PATH that writes down how it was called; return the file. Its exit code is in the environment."""
    record = tmp_path / "called"
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{record}\nenv >>{record}\nexit "${{CODE:-0}}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    coder = CoderProgram(Path("/cache/coder"), Path("/cache/settings"))
    monkeypatch.setattr(tunnel, "coder_program", lambda *_: coder)
    return record


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name be that of a running workspace of the user's own."""

    def find(_: Session, name: str) -> Any:  # noqa: ANN401 - a stand-in
        return SimpleNamespace(name=name, full_name=f"me/{name.rpartition('/')[2]}", update_hint=None)

    monkeypatch.setattr(shell, "find_target", find)


@pytest.mark.usefixtures("named")
def test_a_command_ends_with_its_own_code_and_255_may_be_the_connections(
    ssh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setenv("CODE", "7")
    assert run_shell(SESSION, "repo", Wanted(command=("make", "test")), lines.append) == 7
    assert lines == []
    monkeypatch.setenv("CODE", "255")
    assert run_shell(SESSION, "repo", Wanted(command=("true",)), lines.append) == 255
    assert lines == ["If this was not the command's own exit code, the connection failed: sptcoder status repo"]
    assert "-T\n" in ssh.read_text()


@pytest.mark.usefixtures("named")
def test_the_token_is_in_no_argument(ssh: Path) -> None:
    run_shell(SESSION, "repo", Wanted(command=("true",)), lambda _: None)
    words, _, environment = ssh.read_text().partition("CODER_SESSION_TOKEN=")
    assert CANARY not in words.partition("--\n")[0]
    assert environment.startswith(CANARY)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("name", "wanted", "forwarded"),
    [
        ("repo", Wanted(), "yes"),
        ("repo", Wanted(agent=False), "no"),
        ("ada/repo", Wanted(), "no"),
        ("ada/repo", Wanted(agent=True), "yes"),
    ],
    ids=["own", "own, not wanted", "somebody else's", "somebody else's, asked for"],
)
def test_the_agent_goes_into_own_workspaces_unasked_and_into_others_asked(
    ssh: Path, monkeypatch: pytest.MonkeyPatch, name: str, wanted: Wanted, forwarded: str
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(ssh.parent))
    run_shell(SESSION, name, wanted, lambda _: None)
    assert f"ForwardAgent={forwarded}\n" in ssh.read_text()


@pytest.mark.usefixtures("named")
def test_what_is_lent_is_given_back_before_the_session_is_over(ssh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[Any] = []

    @contextmanager
    def lent(_: Tunnel, say: object, *, more_hosts: tuple[str, ...]) -> Iterator[None]:
        del say
        events.append(("lent", more_hosts, ssh.exists()))
        yield
        events.append(("back", ssh.exists()))

    monkeypatch.setattr(shell, "lent_git_credentials", lent)
    monkeypatch.setattr(shell, "lend_gpg", lambda _: ("/there", "/here"))
    wanted = Wanted(command=("true",), gpg=True, git_hosts=("git.example.com",))
    assert run_shell(SESSION, "repo", wanted, lambda _: None) == 0
    assert events == [("lent", ("git.example.com",), False), ("back", True)]
    assert "/there:/here\n" in ssh.read_text()


@pytest.mark.usefixtures("ssh", "named")
def test_a_folder_without_a_command_is_a_misuse() -> None:
    with pytest.raises(UsageError, match="--directory is for a command"):
        run_shell(SESSION, "repo", Wanted(folder="x"), lambda _: None)


@pytest.mark.usefixtures("ssh")
def test_what_is_run_unseen_goes_over_the_relay_and_a_broken_connection_is_told_from_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target: Any = SimpleNamespace(name="repo", full_name="me/repo")
    way = open_tunnel(SESSION, target, lambda _: None)
    monkeypatch.setenv("CODE", "3")
    done = way.run("true")
    assert done.returncode == 3
    assert "Direct connections" not in done.stderr
    monkeypatch.setenv("CODE", "255")
    with pytest.raises(ConnectionFailedError) as caught:
        way.run("true")
    assert caught.value.message == "The connection to the workspace 'repo' failed or broke off."
    assert caught.value.next_command == "sptcoder status repo"


@pytest.mark.parametrize(
    ("platform", "next_command"),
    [
        ("linux", "sudo apt-get install openssh-client"),
        ("darwin", "brew install openssh"),
        ("win32", "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"),
    ],
)
def test_a_machine_without_openssh_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, next_command: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sptcoder.connection.tunnel.sys.platform", platform)
    with pytest.raises(SptFlowError, match="OpenSSH's client") as caught:
        open_tunnel(SESSION, cast("Any", None), lambda _: None)
    assert caught.value.next_command == next_command
