"""Git credentials in a workspace's memory: there while they are lent, gone whichever way the lender goes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError
from sptcoder.connection import lending
from sptcoder.connection.lending import lent_git_credentials
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.tunnel import ConnectionFailedError, Tunnel
from tests.support.local_tunnel import local_tunnel
from tests.support.patience import wait_until
from tests.support.posix import posix_only

pytestmark = posix_only

CANARY = "canary-password-4711"
PARAMETERS = {"repo_url": "https://git.example.com/a/b", "more_repositories": '["https://git.example.com/c","git@x:d"]'}


@pytest.fixture
def socket(tmp_path: Path) -> Iterator[Path]:
    """Give a workspace the place in memory that its start script makes."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    yield folder / "credentials"
    Command("git").run("credential-cache", "--socket", str(folder / "credentials"), "exit", check=False)


@pytest.fixture
def tunnel(tmp_path: Path, socket: Path, monkeypatch: pytest.MonkeyPatch) -> Tunnel:
    (tmp_path / ".gitconfig").write_text(
        f'[credential]\n\thelper = "!f() {{ test \\"$1\\" = get && echo username=me && echo password={CANARY}; }}; f"\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return local_tunnel(tmp_path, environment={"SPT_FLOW_GIT_SOCKET": str(socket)}, parameters=PARAMETERS)


def known(socket: Path) -> str:
    """Return what git knows in the workspace, without the user's helper."""
    cached = Command("git").run(
        "credential-cache", "--socket", str(socket), "get", stdin="protocol=https\nhost=git.example.com\n\n"
    )
    return cached.stdout


def test_they_are_known_for_as_long_as_they_are_lent(tunnel: Tunnel, socket: Path) -> None:
    lines: list[str] = []
    with lent_git_credentials(tunnel, lines.append) as hosts:
        assert hosts == ("git.example.com",)
        assert f"password={CANARY}" in known(socket)
    assert known(socket) == ""
    assert lines == ["Git credentials for git.example.com (from git) are lent until this ends."]


def test_they_are_in_no_argument_environment_or_file(tunnel: Tunnel, tmp_path: Path) -> None:
    with lent_git_credentials(tunnel, lambda _: None):
        for process in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ"):
                try:
                    content = (process / name).read_bytes()
                except OSError:
                    continue
                assert CANARY.encode() not in content, process
        held = [path for path in tmp_path.rglob("*") if path.is_file() and CANARY in path.read_text(errors="replace")]
    assert held == [tmp_path / ".gitconfig"], "the user's own helper, and nothing else"
    assert not any(CANARY in command for command in tunnel.commands)  # type: ignore[attr-defined] # of the stand-in


@pytest.mark.skipif(sys.platform != "linux", reason="a workspace is one: its processes are in /proc")
def test_they_stay_while_another_session_lends_them(tunnel: Tunnel, socket: Path) -> None:
    with lent_git_credentials(tunnel, lambda _: None):
        with lent_git_credentials(tunnel, lambda _: None):
            pass
        assert CANARY in known(socket)
        # What a session left behind that was killed does not count.
        (socket.parent / "lender.4194304").write_text("protocol=https\nhost=git.example.com\n")
    assert known(socket) == ""
    assert list(socket.parent.glob("lender.*")) == []


def test_a_session_for_another_host_keeps_nothing(tunnel: Tunnel, socket: Path, tmp_path: Path) -> None:
    elsewhere = {"repo_url": "https://other.example.com/a/b"}
    other = local_tunnel(tmp_path, environment={"SPT_FLOW_GIT_SOCKET": str(socket)}, parameters=elsewhere)
    with lent_git_credentials(other, lambda _: None) as hosts:
        assert hosts == ("other.example.com",)
        with lent_git_credentials(tunnel, lambda _: None):
            assert CANARY in known(socket)
        assert known(socket) == ""


@pytest.mark.parametrize("how", ["the connection breaks", "the workspace stops"])
def test_they_go_with_whoever_lends_them(socket: Path, how: str) -> None:
    environment = {"SPT_FLOW_GIT_SOCKET": str(socket)}
    with Path(os.devnull).open("wb") as nowhere:
        lender = Command("sh", env=environment).stream("-c", sh_text(lending._SCRIPT), stderr=nowhere)
    assert lender.stdin is not None
    assert lender.stdout is not None
    lender.stdin.write(f"protocol=https\nhost=git.example.com\nusername=me\npassword={CANARY}\n\n".encode())
    lender.stdin.flush()
    assert lender.stdout.readline() == b"lent\n"
    assert CANARY in known(socket)
    if how == "the connection breaks":
        lender.stdin.close()
    else:
        os.killpg(lender.pid, signal.SIGHUP)
    wait_until(lambda: known(socket) == "")
    lender.wait(10)
    lender.stdout.close()
    if not lender.stdin.closed:
        lender.stdin.close()


def test_a_workspace_without_https_repositories_is_lent_nothing(tmp_path: Path) -> None:
    lines: list[str] = []
    tunnel = local_tunnel(tmp_path, parameters={"repo_url": "git://git.example.com/a"})
    with lent_git_credentials(tunnel, lines.append) as hosts:
        assert hosts == ()
    assert lines == ["No git credentials are lent: no repository of this workspace is read over https."]


def test_a_workspace_without_a_place_in_memory_says_so(tunnel: Tunnel, socket: Path) -> None:
    socket.parent.rmdir()
    with (
        pytest.raises(SptFlowError, match="cannot take git credentials: its template offers no place in memory"),
        lent_git_credentials(tunnel, lambda _: None),
    ):
        pass


def test_a_connection_that_fails_is_no_refusal(tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "_SCRIPT", "echo broken >&2; exit 255")
    with pytest.raises(ConnectionFailedError, match="broken"), lent_git_credentials(tunnel, lambda _: None):
        pass


def test_a_connection_that_hangs_is_given_up(tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "_SCRIPT", "exec sleep 60")
    monkeypatch.setattr(lending, "_PATIENCE", 0.2)
    with pytest.raises(ConnectionFailedError), lent_git_credentials(tunnel, lambda _: None):
        pass


def test_a_lender_that_does_not_end_is_ended(tunnel: Tunnel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "_SCRIPT", "echo lent; exec sleep 60")
    monkeypatch.setattr(lending, "_SECONDS", 0.2)
    with lent_git_credentials(tunnel, lambda _: None):
        pass
    assert subprocess.run(["pgrep", "-P", str(os.getpid()), "sleep"], check=False).returncode == 1
