"""Which SSH agent is forwarded, for each system, as a table (000:59, 001:233)."""

from dataclasses import dataclass, field

import pytest

from sptcoder.connection.agent_choice import WINDOWS_PIPE, AgentChoice, AgentKind, Surroundings, choose_agent

OTHER_PIPE = r"\\.\pipe\other-agent"
RELAY = "/mnt/c/tools/npiperelay.exe"
WSL = {"WSL_DISTRO_NAME": "Debian"}


@dataclass(frozen=True)
class Case:
    """Surroundings, and the agent that is chosen in them; of kind `none`, a word of the reason."""

    name: str
    platform: str
    expected: AgentChoice
    environment: dict[str, str] = field(default_factory=dict)
    there: frozenset[str] = frozenset()
    programs: dict[str, str] = field(default_factory=dict)


def nothing(reason: str) -> AgentChoice:
    return AgentChoice(AgentKind.NONE, reason=reason)


CASES = [
    Case(
        "linux",
        "linux",
        AgentChoice(AgentKind.SOCKET, "/run/agent"),
        {"SSH_AUTH_SOCK": "/run/agent"},
        frozenset({"/run/agent"}),
    ),
    Case("linux without an agent", "linux", nothing("not set")),
    Case("linux with an agent that has ended", "linux", nothing("/run/gone"), {"SSH_AUTH_SOCK": "/run/gone"}),
    Case(
        "macos",
        "darwin",
        AgentChoice(AgentKind.SOCKET, "/private/tmp/com.apple.launchd.x/Listeners"),
        {"SSH_AUTH_SOCK": "/private/tmp/com.apple.launchd.x/Listeners"},
        frozenset({"/private/tmp/com.apple.launchd.x/Listeners"}),
    ),
    Case("windows", "win32", AgentChoice(AgentKind.PIPE, WINDOWS_PIPE), {}, frozenset({WINDOWS_PIPE})),
    Case("windows without the service", "win32", nothing("the service ssh-agent does not run")),
    Case(
        "windows with another agent",
        "win32",
        AgentChoice(AgentKind.PIPE, OTHER_PIPE),
        {"SSH_AUTH_SOCK": OTHER_PIPE},
        frozenset({OTHER_PIPE, WINDOWS_PIPE}),
    ),
    Case(
        "windows with another agent, spelt with slashes",
        "win32",
        AgentChoice(AgentKind.PIPE, OTHER_PIPE),
        {"SSH_AUTH_SOCK": "//./pipe/other-agent"},
        frozenset({OTHER_PIPE}),
    ),
    Case(
        "windows in the shell that came with git, whose socket is its own",
        "win32",
        AgentChoice(AgentKind.PIPE, WINDOWS_PIPE),
        {"SSH_AUTH_SOCK": "/tmp/ssh-XXXX/agent.12"},  # noqa: S108 - a text
        frozenset({WINDOWS_PIPE}),
    ),
    Case(
        "wsl2 with an agent of its own",
        "linux",
        AgentChoice(AgentKind.SOCKET, "/run/agent"),
        {**WSL, "SSH_AUTH_SOCK": "/run/agent"},
        frozenset({"/run/agent"}),
        {"npiperelay.exe": RELAY},
    ),
    Case(
        "wsl2 with a relay that runs",
        "linux",
        AgentChoice(AgentKind.SOCKET, "/home/me/.ssh/agent.sock"),
        WSL,
        frozenset({"/home/me/.ssh/agent.sock"}),
        {"npiperelay.exe": RELAY},
    ),
    Case(
        "wsl2 with a relay to start",
        "linux",
        AgentChoice(AgentKind.RELAY, RELAY),
        WSL,
        frozenset(),
        {"npiperelay.exe": RELAY},
    ),
    Case(
        "wsl2 whose own agent has ended",
        "linux",
        AgentChoice(AgentKind.RELAY, RELAY),
        {**WSL, "SSH_AUTH_SOCK": "/run/gone"},
        frozenset(),
        {"npiperelay.exe": RELAY},
    ),
    Case("wsl2 with nothing", "linux", nothing("npiperelay.exe"), WSL),
    Case("linux, where a relay means nothing", "linux", nothing("not set"), {}, frozenset(), {"npiperelay.exe": RELAY}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ssh_agent_of_linux_macos_windows_and_wsl2(case: Case) -> None:
    around = Surroundings(case.platform, case.environment, case.there.__contains__, case.programs.get, "/home/me")
    chosen = choose_agent(around)
    assert (chosen.kind, chosen.address) == (case.expected.kind, case.expected.address)
    assert case.expected.reason in chosen.reason
    assert bool(chosen.reason) == (chosen.kind is AgentKind.NONE)
