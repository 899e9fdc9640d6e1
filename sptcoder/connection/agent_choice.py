"""Which SSH agent of this machine is lent to a workspace: decided from the surroundings alone, for every system."""

__all__ = ["WINDOWS_PIPE", "AgentChoice", "AgentKind", "Surroundings", "choose_agent"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WINDOWS_PIPE: Final = r"\\.\pipe\openssh-ssh-agent"
"""Where the agent of Windows listens (Microsoft's OpenSSH, service `ssh-agent`)."""

_SOCKET: Final = "SSH_AUTH_SOCK"
_PIPES: Final = "\\\\.\\pipe\\"
_WSL: Final = "WSL_DISTRO_NAME"
_RELAY: Final = "npiperelay.exe"
_KNOWN_RELAYS: Final = (".ssh/wsl2-ssh-agent.sock", ".ssh/agent.sock")
"""Sockets, below the home, of the usual relays from WSL2 to the agent of Windows."""


class AgentKind(StrEnum):
    """How an agent is reached."""

    SOCKET = "socket"
    PIPE = "pipe"
    RELAY = "relay"
    NONE = "none"


@dataclass(frozen=True)
class AgentChoice:
    """An agent and its address: a socket, a named pipe, or the program that relays to one; or why there is none."""

    kind: AgentKind
    address: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What the choice depends on: `platform` as in `sys.platform`, the environment, what is there, what can be run.

    `exists` tells of a path or pipe whether something is there; `locate` finds a program on PATH.
    """

    platform: str
    environment: Mapping[str, str]
    exists: Callable[[str], bool]
    locate: Callable[[str], str | None]
    home: str = ""


def choose_agent(around: Surroundings) -> AgentChoice:
    """Return the agent to forward; of kind `none`, with a reason to show, if there is none."""
    if around.platform == "win32":
        return _on_windows(around)
    named = around.environment.get(_SOCKET, "")
    if named and around.exists(named):
        return AgentChoice(AgentKind.SOCKET, named)
    if around.environment.get(_WSL):
        return _under_wsl(around)
    if named:
        return AgentChoice(AgentKind.NONE, reason=f"{_SOCKET} names {named}, where nothing is")
    return AgentChoice(AgentKind.NONE, reason=f"{_SOCKET} is not set: no agent runs")


def _on_windows(around: Surroundings) -> AgentChoice:
    named = around.environment.get(_SOCKET, "").replace("/", "\\")
    # Shells that came with git set a socket of their own kind, which programs of Windows cannot open.
    if named.startswith(_PIPES) and around.exists(named):
        return AgentChoice(AgentKind.PIPE, named)
    if around.exists(WINDOWS_PIPE):
        return AgentChoice(AgentKind.PIPE, WINDOWS_PIPE)
    return AgentChoice(AgentKind.NONE, reason=f"nothing listens on {WINDOWS_PIPE}: the service ssh-agent does not run")


def _under_wsl(around: Surroundings) -> AgentChoice:
    for below_home in _KNOWN_RELAYS:
        socket = f"{around.home}/{below_home}"
        if around.home and around.exists(socket):
            return AgentChoice(AgentKind.SOCKET, socket)
    relay = around.locate(_RELAY)
    if relay:
        return AgentChoice(AgentKind.RELAY, relay)
    return AgentChoice(
        AgentKind.NONE,
        reason=f"no agent runs in this distribution, and {_RELAY}, which reaches the agent of Windows, is not on PATH",
    )
