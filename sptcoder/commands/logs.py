"""`sptcoder logs`."""

__all__ = ["register"]

from typing import TYPE_CHECKING, Annotated

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument
from sptcoder.cli.terminal import say, write_json, write_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sptcoder.workspaces.logs import LogEntry

_HELP = "Show the log of a workspace's last build and, if that was a start, of its start script."
_EXAMPLES = """\b
Examples:
  sptcoder logs shop
  sptcoder logs shop --follow     until build and start script have ended
  sptcoder logs shop --all        Terraform's usual words and debug lines too
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("logs", help=_HELP, epilog=_EXAMPLES)(logs_command)


def logs_command(
    name: WorkspaceArgument,
    context: ContextOption = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until build and start script ended.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Lines of every kind.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the lines to stdout, their headings to stderr."""
    from core.errors import UsageError
    from sptcoder.session import open_session
    from sptcoder.workspaces.logs import WorkspaceLog
    from sptcoder.workspaces.lookup import find_workspace

    if follow and as_json:
        raise UsageError("--follow prints lines as they come, --json one object at the end: give one of them.")
    with open_session(context) as session:
        workspace = find_workspace(session.client, name)
        build = workspace.latest_build
        entries = WorkspaceLog(session.client, workspace, everything=everything, say=say).entries(follow=follow)
        if as_json:
            shown = {"number": build.build_number, "transition": build.transition, "status": build.status}
            lines = [{name: value for name, value in vars(entry).items() if name != "kind"} for entry in entries]
            write_json({"workspace": name, "build": shown, "lines": lines, "correlation_id": correlation_id()})
        else:
            _print(entries, f"{build.transition}, build {build.build_number}")


def _print(entries: "Iterable[LogEntry]", build: str) -> None:
    source = ""
    for entry in entries:
        if entry.source != source:
            source = entry.source
            say(f"== {build if entry.kind == 'build' else f'start script, agent {source}'}", "bold")
        write_line(entry.text)
