"""How OpenSSH is told: what stands in its arguments, and what shells make of it."""

import shlex
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.command import Command
from sptcoder.connection.ssh_words import Forwarding, proxy_command, remote_text, sh_text, ssh_words
from tests.support.posix import posix_only

pytestmark = posix_only

PROGRAM = PurePosixPath("/cache/it's 100% mine/coder-linux-amd64")
WORDS = st.lists(st.text(st.characters(blacklist_characters="\0", codec="utf-8"), max_size=20), min_size=2, max_size=5)


def test_a_shell_has_a_terminal_and_no_key_of_the_user() -> None:
    words = ssh_words(PurePosixPath("/c/coder"), "me/repo", terminal=True, forwarding=Forwarding(agent=True))
    assert words == [
        *("-F", "none", "-l", "coder", "-t"),
        *("-o", "ProxyCommand=/c/coder ssh --stdio --wait=auto me/repo"),
        *("-o", "StrictHostKeyChecking=no"),
        *("-o", "UserKnownHostsFile=/dev/null"),
        *("-o", "GlobalKnownHostsFile=/dev/null"),
        *("-o", "PreferredAuthentications=none"),
        *("-o", "LogLevel=ERROR"),
        *("-o", "ServerAliveInterval=30"),
        *("-o", "ForwardAgent=yes"),
        *("--", "repo"),
    ]


def test_a_command_waits_for_the_start_and_gets_clean_data() -> None:
    words = ssh_words(PurePosixPath("/c/coder"), "me/repo", command="make test")
    assert "ProxyCommand=/c/coder ssh --stdio --wait=yes me/repo" in words
    assert words[4:7] == ["-T", "-e", "none"]
    assert words[-4:] == ["ForwardAgent=no", "--", "repo", "make test"]


def test_a_socket_that_cannot_be_forwarded_ends_the_connection() -> None:
    words = ssh_words(PurePosixPath("/c/coder"), "me/repo", forwarding=Forwarding(sockets=(("/there", "/here"),)))
    assert "ExitOnForwardFailure=yes" in words
    assert words[words.index("-R") + 1] == "/there:/here"


def test_the_path_of_the_program_survives_shell_and_openssh() -> None:
    proxy = proxy_command(PROGRAM, "me/repo", wait="yes")
    assert shlex.split(proxy.replace("%%", "%")) == [str(PROGRAM), "ssh", "--stdio", "--wait=yes", "me/repo"]


def test_on_windows_the_path_is_quoted_for_its_shell() -> None:
    proxy = proxy_command(PureWindowsPath(r"C:\Users\A B\coder.exe"), "me/repo", wait="auto", windows=True)
    assert proxy == r'"C:\Users\A B\coder.exe" ssh --stdio --wait=auto me/repo'


@settings(deadline=None)
@given(st.text())
def test_names_never_reach_a_shell_unless_they_mean_nothing_to_it(name: str) -> None:
    try:
        proxy = proxy_command(PurePosixPath("/c/coder"), name, wait="yes")
    except ValueError:
        return
    assert shlex.split(proxy)[-1] == name
    assert all(character.isalnum() or character in "-/" for character in name)
    assert name.isascii()


@settings(max_examples=40, deadline=None)
@given(WORDS)
def test_several_words_arrive_as_they_are(words: list[str]) -> None:
    printed = remote_text(["printf", "%s\\0", *words])
    done = Command("sh", env={"SHELL": "/bin/sh", "SPT_FLOW_REPOSITORIES": ""}).run("-c", printed)
    assert done.stdout.split("\0")[:-1] == [_as_read(word) for word in words]


def _as_read(word: str) -> str:
    # Reading as text makes every line end one of ours.
    return word.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("https://git.example.com/my/repo.git", "repo"),
        ("https://git.example.com/my/repo/", "repo"),
        ("git@git.example.com:repo.git https://git.example.com/my/other", "repo"),
        ("https://git.example.com/my/not-cloned", ""),
        ("", ""),
    ],
)
def test_a_command_runs_in_the_folder_of_the_first_repository(tmp_path: Path, address: str, folder: str) -> None:
    for name in ("repo", "other"):
        (tmp_path / name).mkdir()
    environment = {"HOME": str(tmp_path), "SHELL": "/bin/sh", "SPT_FLOW_REPOSITORIES": address}
    done = Command("sh", env=environment, cwd=tmp_path).run("-c", remote_text(["pwd; echo one word"]))
    assert done.stdout == f"{tmp_path / folder}\none word\n"


def test_a_command_runs_where_the_user_says(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    shell = Command("sh", env={"HOME": str(tmp_path), "SHELL": "/bin/sh"})
    assert shell.run("-c", remote_text(["pwd"], folder="a b")).stdout == f"{folder}\n"
    assert shell.run("-c", remote_text(["exit 3"], folder="/"), check=False).returncode == 3
    missing = shell.run("-c", remote_text(["pwd"], folder="-x"), check=False)
    assert (missing.returncode != 0, missing.stdout) == (True, "")


def test_a_script_is_run_by_sh_whatever_shell_reads_it() -> None:
    text = sh_text('printf "%s|" "$@"', "it's", "$HOME", "")
    for shell in ("sh", "bash"):
        assert Command(shell).run("-c", text).stdout == "it's|$HOME||"
