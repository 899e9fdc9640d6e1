"""A way into one workspace: OpenSSH over the tunnel of the `coder` program."""

__all__ = ["ConnectionFailedError", "Tunnel", "last_words", "open_tunnel", "require_openssh"]

import dataclasses
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from core.command import Command, CommandResult
from core.errors import SptFlowError
from sptcoder.connection.program import CoderProgram, coder_program
from sptcoder.connection.ssh_words import Forwarding, ssh_words
from sptcoder.connection.target import Target
from sptcoder.session import Session

if TYPE_CHECKING:
    import subprocess

_SSH: Final = "ssh"
_RELAYED: Final = "Direct connections disabled.\n"
"""What the `coder` program says when it was told so."""

_BROKEN: Final = 255
"""What OpenSSH ends with when the connection, and not the command, failed."""


class ConnectionFailedError(SptFlowError):
    """The workspace could not be reached, or the connection to it broke."""

    def __init__(self, name: str, said: str = "") -> None:
        words = last_words(said)
        super().__init__(
            f"The connection to the workspace '{name}' failed or broke off{f': {words}' if words else ''}.",
            next_command=f"sptcoder status {name}",
        )


def last_words(said: str) -> str:
    """Return what the other side wrote to stderr as part of a sentence, without what is none of its business."""
    return " ".join(said.replace(_RELAYED, "").split()).rstrip(".")


@dataclass(frozen=True)
class Tunnel:
    """Runs things in a workspace; `extra` is laid over the environment of the local programs."""

    session: Session = field(repr=False)
    program: CoderProgram
    target: Target
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    def attach(self, *, command: str = "", terminal: bool = False, forwarding: Forwarding | None = None) -> int:
        """Run a shell or a command with this process's terminal, stdin, stdout and stderr; return its exit code.

        255 is also what a broken connection gives.
        """
        return self._ssh.attach(*self._words(command, terminal=terminal, forwarding=forwarding))

    def run(self, command: str, *, stdin: str | None = None, timeout: float | None = None) -> CommandResult:
        """Run a command to its end with captured output, whatever its exit code; what is sent is not shown anywhere.

        Raises ConnectionFailedError and CommandTimeoutError.
        """
        done = self._relayed.run(*self._words(command), stdin=stdin, timeout=timeout, check=False)
        if self.is_broken(done.returncode):
            raise ConnectionFailedError(self.target.name, done.stderr)
        return dataclasses.replace(done, stderr=done.stderr.replace(_RELAYED, ""))

    def stream(self, command: str, *, stderr: IO[bytes], small: bool = False) -> "subprocess.Popen[bytes]":
        """Start a command with pipes at its stdin and stdout; Ctrl-C here does not reach it.

        `small` says that hardly any data will flow.
        """
        ssh = self._relayed if small else self._ssh
        return ssh.stream(*self._words(command), stderr=stderr)

    def is_broken(self, code: int) -> bool:
        """Say whether an exit code may mean that the connection broke."""
        return code == _BROKEN

    @property
    def _ssh(self) -> Command:
        return Command(_SSH, env={**self.program.environment(self.session), **self.extra})

    @property
    def _relayed(self) -> Command:
        # The way over the server's relay is there at once. A direct one is faster once it stands, but one in five of
        # them took five seconds more to come about (tried with 2.26.5): not worth it for a few bytes.
        return Command(_SSH, env={**self._ssh.env, "CODER_DISABLE_DIRECT_CONNECTIONS": "true"})

    def _words(self, command: str, *, terminal: bool = False, forwarding: Forwarding | None = None) -> list[str]:
        return ssh_words(
            self.program.path,
            self.target.full_name,
            command=command,
            terminal=terminal,
            forwarding=forwarding,
            windows=sys.platform == "win32",
        )


def open_tunnel(session: Session, target: Target, say: Callable[[str], None]) -> Tunnel:
    """Return a way into a workspace; nothing is connected yet.

    Raises SptFlowError if this machine has no OpenSSH client, or the server no program for it.
    """
    require_openssh()
    return Tunnel(session, coder_program(session, say), target)


def require_openssh() -> None:
    """Raise SptFlowError, with how to get it, if this machine has no OpenSSH client."""
    if shutil.which(_SSH) is None:
        raise SptFlowError(
            "The program 'ssh' (OpenSSH's client) is not on PATH, and connections to workspaces need it.",
            next_command=_install(sys.platform),
        )


def _install(platform: str) -> str:
    if platform == "win32":
        return "Add-WindowsCapability -Online -Name OpenSSH.Client~~~~0.0.1.0"
    return "brew install openssh" if platform == "darwin" else "sudo apt-get install openssh-client"
