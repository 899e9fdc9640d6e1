"""Ports of a workspace on this machine, for as long as the command runs: by `coder port-forward`."""

__all__ = ["forward_ports"]

import socket
from collections.abc import Callable, Sequence
from typing import Final

from core.errors import SptFlowError
from sptcoder.connection.ports import ForwardedPort
from sptcoder.connection.program import coder_program
from sptcoder.connection.target import find_target
from sptcoder.session import Session

_KINDS: Final = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def forward_ports(session: Session, name: str, ports: Sequence[ForwardedPort], say: Callable[[str], None]) -> int:
    """Forward until Ctrl-C or until the workspace stops; return the exit code of the `coder` program.

    Raises SptFlowError if the workspace does not run or a port of this machine is taken.
    """
    target = find_target(session, name)
    for port in ports:
        _require_free(port)
    command = coder_program(session, say).command(session)
    for port in ports:
        say(f"{port} of {name}; Ctrl-C ends it.")
    words = [word for port in ports for word in port.words()]
    return command.attach("port-forward", "--disable-autostart", *words, target.full_name)


def _require_free(port: ForwardedPort) -> None:
    # Tried here, because what is said of it there names neither the port nor what to do.
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, _KINDS[port.protocol]) as probe:
        if port.protocol == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.address, port.local))
        except OSError as error:
            raise SptFlowError(
                f"Port {port.here} of this machine cannot be used: {error.strerror or error}.",
                next_command=f"another port of this machine, such as {port.local + 1000}:{port.remote}",
            ) from None
