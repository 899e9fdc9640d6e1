"""One session in a workspace: a shell or a command, with everything the user lends it."""

__all__ = ["Wanted", "run_shell", "run_stdio"]

import dataclasses
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from core.errors import UsageError
from sptcoder.connection.agent_forwarding import reachable_agent
from sptcoder.connection.gpg import lend_gpg
from sptcoder.connection.lending import lent_git_credentials
from sptcoder.connection.program import coder_program
from sptcoder.connection.ssh_file import workspace_of_host
from sptcoder.connection.ssh_words import Forwarding, remote_text
from sptcoder.connection.target import find_target
from sptcoder.connection.tunnel import Tunnel, open_tunnel
from sptcoder.session import Session

Say = Callable[[str], None]

_BROKEN: Final = 255


@dataclass(frozen=True)
class Wanted:
    """What the user asked for; `agent` None means: as it fits."""

    command: tuple[str, ...] = ()
    folder: str | None = None
    terminal: bool = False
    agent: bool | None = None
    gpg: bool = False
    git_credentials: bool = False
    git_hosts: tuple[str, ...] = ()


def run_shell(session: Session, name: str, wanted: Wanted, say: Say) -> int:
    """Connect to the workspace `name`, run, and return the exit code of what ran there.

    Raises SptFlowError if the workspace does not run, or something asked for cannot be lent.
    """
    if wanted.folder is not None and not wanted.command:
        raise UsageError("--directory is for a command, and there is none.", next_command=f"sptcoder ssh {name}")
    target = find_target(session, name)
    people = not wanted.command and sys.stdin.isatty()
    if people and target.update_hint:
        say(target.update_hint)
    tunnel = open_tunnel(session, target, say)
    with ExitStack() as stack:
        forwarding, tunnel = _lend(stack, tunnel, wanted, say if people else _nothing)
        if wanted.git_credentials or wanted.git_hosts:
            stack.enter_context(lent_git_credentials(tunnel, say, more_hosts=wanted.git_hosts))
        code = tunnel.attach(
            command=remote_text(wanted.command, folder=wanted.folder) if wanted.command else "",
            terminal=wanted.terminal or people,
            forwarding=forwarding,
        )
    if code == _BROKEN:
        say(f"If this was not the command's own exit code, the connection failed: sptcoder status {name}")
    return code


def run_stdio(session: Session, host: str) -> int:
    """Be OpenSSH's way to the workspace of a host, for `sptcoder ssh-config`: its protocol on stdin and stdout.

    Nothing else may be written to stdout, and there is nobody to read lines about progress.
    """
    target = find_target(session, workspace_of_host(host))
    command = coder_program(session, _nothing).command(session)
    return command.attach("ssh", "--stdio", "--wait=auto", target.full_name)


def _lend(stack: ExitStack, tunnel: Tunnel, wanted: Wanted, say: Say) -> tuple[Forwarding, Tunnel]:
    forwarding = Forwarding()
    # Whoever runs in a workspace can use a forwarded agent: not in somebody else's unless that was asked for.
    if wanted.agent or (wanted.agent is None and "/" not in tunnel.target.name):
        found = stack.enter_context(reachable_agent(required=bool(wanted.agent), say=say))
        if found is not None:
            forwarding = dataclasses.replace(forwarding, agent=True)
            tunnel = dataclasses.replace(tunnel, extra=found)
    if wanted.gpg:
        forwarding = dataclasses.replace(forwarding, sockets=(lend_gpg(tunnel),))
    return forwarding, tunnel


def _nothing(line: str) -> None:
    del line
