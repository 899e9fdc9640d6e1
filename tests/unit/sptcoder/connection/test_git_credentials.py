"""The git credentials of this machine: who is asked for them, and what for (000:FR16, 001:FR16)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SptFlowError
from sptcoder.connection.git_credentials import find_credential, hosts_to_lend
from tests.support.posix import posix_only

pytestmark = posix_only

CANARY = "canary-password-4711"
HELPER = f'!f() {{ test "$1" = get && echo username=me && echo password={CANARY}; }}; f'


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """Give the environment of a machine whose git has a helper, without `gh`."""
    (tmp_path / ".gitconfig").write_text(f'[credential "https://git.example.com"]\n\thelper = "{_escaped(HELPER)}"\n')
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": f"{tmp_path}:/usr/bin:/bin",
    }


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def install_gh(machine: dict[str, str], script: str) -> None:
    program = Path(machine["HOME"]) / "gh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_gits_own_helper_is_asked(machine: dict[str, str]) -> None:
    found = find_credential("git.example.com", environment=machine)
    assert found.text() == f"protocol=https\nhost=git.example.com\nusername=me\npassword={CANARY}\n"
    assert found.source == "git"
    assert CANARY not in repr(found)


def test_gh_is_asked_first(machine: dict[str, str]) -> None:
    install_gh(machine, 'test "$*" = "auth token --hostname git.example.com" && echo gho_token')
    found = find_credential("git.example.com", environment=machine)
    assert (found.source, found.username, found.password.get_secret_value()) == ("gh", "x-access-token", "gho_token")


@pytest.mark.parametrize("script", ["exit 1", "echo", "printf 'a\\nhost=evil\\n'"], ids=["no", "nothing", "two lines"])
def test_a_gh_that_knows_nothing_leaves_it_to_git(machine: dict[str, str], script: str) -> None:
    install_gh(machine, script)
    assert find_credential("git.example.com", environment=machine).source == "git"


def test_nobody_is_asked_and_what_is_missing_is_said(machine: dict[str, str]) -> None:
    asked = Path(machine["HOME"]) / "asked"
    askpass = Path(machine["HOME"]) / "askpass"
    askpass.write_text(f"#!/bin/sh\ntouch {asked}\necho x\n")
    askpass.chmod(0o755)
    with pytest.raises(SptFlowError, match=r"no git credentials for other\.example\.com") as caught:
        find_credential("other.example.com", environment={**machine, "SSH_ASKPASS": str(askpass)})
    assert caught.value.next_command == "gh auth login --hostname other.example.com"
    assert not asked.exists()


def test_only_https_can_be_lent_for_and_each_host_once() -> None:
    addresses = [
        "https://git.example.com/a/b.git",
        "https://git.example.com/c/d",
        "https://me@other.example.com:8443/x",
        "git@git.example.com:a/b",
        "git://served.example.com/a",
        "http://plain.example.com/a",
        "",
    ]
    assert hosts_to_lend(addresses) == ("git.example.com", "other.example.com:8443")


@settings(deadline=None)
@given(st.lists(st.text(max_size=40).map(lambda text: f"https://{text}")))
def test_a_host_is_one_line_of_gits_format_whatever_the_address(addresses: list[str]) -> None:
    for host in hosts_to_lend(addresses):
        assert host.isascii()
        assert not set(host) & set("\n\r\0 =@/")
