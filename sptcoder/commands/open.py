"""`sptcoder open`: the editor of a workspace, in the browser."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument
from sptcoder.cli.terminal import say, write_json, write_line

_HELP = "Open VS Code of a workspace in the browser, or the workspace's page if it has no editor; prints the address."
_EXAMPLES = """\b
Examples:
  sptcoder open repo
  sptcoder open repo --print       only print the address
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("open", help=_HELP, epilog=_EXAMPLES)(open_command)


def open_command(
    workspace: WorkspaceArgument,
    *,
    print_only: Annotated[bool, typer.Option("--print", help="Open nothing, only print the address.")] = False,
    context: ContextOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the editor, and print where it is."""
    from sptcoder.cli.browser import open_browser
    from sptcoder.session import open_session
    from sptcoder.workspaces.badge import update_hint
    from sptcoder.workspaces.editor import editor_url, require_running, workspace_page
    from sptcoder.workspaces.lookup import find_workspace

    with open_session(context) as session:
        found = find_workspace(session.client, workspace)
        require_running(found, workspace)
        editor = editor_url(session.client, found)
        url = editor or workspace_page(session.url, found)
    if found.outdated:
        say(update_hint(workspace), "yellow")
    if as_json:
        write_json({"url": url, "editor_url": editor, "correlation_id": correlation_id()})
    else:
        write_line(url)
    if not print_only and not open_browser(url):
        say("There is no browser on this machine; open the address in one.")
