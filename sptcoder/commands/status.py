"""`sptcoder status`."""

__all__ = ["register"]

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument
from sptcoder.cli.terminal import write_json, write_line

_HELP = "Show one workspace: state, when it ends by itself, update, addresses, agents, last build."
_EXAMPLES = """\b
Examples:
  sptcoder status shop
  sptcoder status shop --json | jq -r .workspace.state
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status", help=_HELP, epilog=_EXAMPLES)(status_command)


def status_command(name: WorkspaceArgument, context: ContextOption = None, *, as_json: JsonOption = False) -> None:
    """Print what the server knows of a workspace."""
    import sys
    from datetime import UTC, datetime

    from sptcoder.session import open_session
    from sptcoder.workspaces.lookup import find_workspace
    from sptcoder.workspaces.status import read_status, status_lines

    with open_session(context) as session:
        status = read_status(session.client, find_workspace(session.client, name))
    if as_json:
        write_json({"workspace": status.as_json(), "correlation_id": correlation_id()})
        return
    write_line("\n".join(status_lines(status, words=name, now=datetime.now(tz=UTC), stream=sys.stdout)))
