"""`sptcoder port-forward`: reach ports of a workspace from this machine."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, WorkspaceArgument
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Reach ports of a workspace from this machine, until Ctrl-C."
_EPILOG = """\b
Examples:
  sptcoder port-forward repo 3000                  http://127.0.0.1:3000 is port 3000 of the workspace
  sptcoder port-forward repo 8080:3000 5432        several, and under other numbers
  sptcoder port-forward repo 0.0.0.0:8080:3000     for others of your network as well
  sptcoder port-forward repo --udp 5353
"""

PortsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="PORT...", help="TCP: REMOTE, LOCAL:REMOTE or ADDRESS:LOCAL:REMOTE.")
]
UdpOption = Annotated[list[str] | None, typer.Option("--udp", metavar="PORT", help="The same for UDP.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("port-forward", help=_HELP, epilog=_EPILOG)(port_forward)


def port_forward(
    workspace: WorkspaceArgument,
    ports: PortsArgument = None,
    *,
    udp: UdpOption = None,
    context: ContextOption = None,
) -> int:
    """Forward until stopped."""
    if is_interactive():
        say(f"Connecting to {workspace}.", "dim")
    from core.errors import UsageError
    from sptcoder.connection.port_forwarding import forward_ports
    from sptcoder.connection.ports import parse_port
    from sptcoder.session import open_session

    wanted = [parse_port(port) for port in ports or ()] + [parse_port(port, "udp") for port in udp or ()]
    if not wanted:
        raise UsageError("No port is named.", next_command=f"sptcoder port-forward {workspace} 3000")
    with open_session(context) as session:
        return forward_ports(session, workspace, wanted, say)
