"""`sptcoder list`: the workspaces, as a table or for machines."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption
from sptcoder.cli.terminal import say, write_json, write_line

_HELP = "List your workspaces: state, template, when each ends by itself, and whether its template has an update."
_EXAMPLES = """\b
Examples:
  sptcoder list
  sptcoder list --all          everybody's, as far as you may see them
  sptcoder list --json | jq -r '.workspaces[] | select(.update_available) | .name'
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("list", help=_HELP, epilog=_EXAMPLES)(list_command)


def list_command(
    context: ContextOption = None,
    *,
    everybody: Annotated[bool, typer.Option("--all", "-a", help="Everybody's workspaces, by owner/name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the workspaces; `--json` has them under `workspaces`."""
    import sys
    from datetime import UTC, datetime

    from sptcoder.session import open_session
    from sptcoder.workspaces.listing import list_workspaces
    from sptcoder.workspaces.table import workspace_lines

    with open_session(context) as session:
        found = list_workspaces(session.client, everybody=everybody)
    if as_json:
        write_json({"workspaces": [summary.as_json() for summary in found], "correlation_id": correlation_id()})
        return
    if not found:
        say("There are no workspaces yet; 'sptcoder up REPOSITORY' makes one.")
        return
    now = datetime.now(tz=UTC)
    write_line("\n".join(workspace_lines(found, with_owner=everybody, now=now, stream=sys.stdout)))
