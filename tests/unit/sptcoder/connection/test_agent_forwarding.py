"""The agent that OpenSSH is told of: as it was chosen, or through a relay that lives as long as it is needed."""

import socket
from pathlib import Path

import pytest

from core.errors import SptFlowError
from sptcoder.connection.agent_choice import Surroundings
from sptcoder.connection.agent_forwarding import reachable_agent
from tests.support.posix import posix_only

pytestmark = posix_only


def around(environment: dict[str, str], *, relay: Path | None = None, there: bool = False) -> Surroundings:
    programs = {} if relay is None else {"npiperelay.exe": str(relay)}
    return Surroundings("linux", environment, lambda _: there, programs.get, "/home/me")


def test_a_socket_is_passed_on() -> None:
    with reachable_agent(required=False, say=print, around=around({"SSH_AUTH_SOCK": "/run/a"}, there=True)) as found:
        assert found == {"SSH_AUTH_SOCK": "/run/a"}


def test_no_agent_is_a_line_and_an_error_only_for_who_asked() -> None:
    lines: list[str] = []
    with reachable_agent(required=False, say=lines.append, around=around({})) as found:
        assert found is None
    assert lines == ["No SSH agent is forwarded: SSH_AUTH_SOCK is not set: no agent runs."]
    with (
        pytest.raises(SptFlowError, match="No SSH agent can be forwarded") as caught,
        reachable_agent(required=True, say=print, around=around({})),
    ):
        pass
    assert caught.value.next_command == 'eval "$(ssh-agent)" && ssh-add'


def test_the_relay_of_wsl2_carries_every_connection_to_the_agent_of_windows(tmp_path: Path) -> None:
    relay = tmp_path / "npiperelay.exe"
    relay.write_text('#!/bin/sh\necho "$*"\nexec cat\n')
    relay.chmod(0o755)
    with reachable_agent(required=True, say=print, around=around({"WSL_DISTRO_NAME": "Debian"}, relay=relay)) as found:
        assert found is not None
        path = Path(found["SSH_AUTH_SOCK"])
        assert path.parent.stat().st_mode & 0o777 == 0o700
        said = [_conversation(path, word) for word in (b"one", b"two")]
    assert said == [b"-ei -s //./pipe/openssh-ssh-agent\none", b"-ei -s //./pipe/openssh-ssh-agent\ntwo"]
    assert not path.exists(), "nothing is left of the relay"


def _conversation(path: Path, word: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(10)
        connection.sendall(word)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while part := connection.recv(100):
            said += part
        return said
