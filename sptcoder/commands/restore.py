"""`sptcoder restore`: bring a saved home back into a workspace."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument, YesOption
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Bring a home that 'sptcoder snapshot' saved back into a running workspace."
_EPILOG = """\b
Examples:
  sptcoder restore repo before.home.tar       asks first
  sptcoder restore other before.home.tar -y   into another workspace, without asking

\b
The file is checked first and unpacked beside the home; only then its files replace those of the same name. Files that
are in the workspace alone stay. If anything fails before that, the home is as it was.
"""

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="What 'sptcoder snapshot' wrote.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore", help=_HELP, epilog=_EPILOG)(restore)


def restore(
    workspace: WorkspaceArgument,
    file: FileArgument,
    *,
    yes: YesOption = False,
    as_json: JsonOption = False,
    context: ContextOption = None,
) -> None:
    """Check, ask, restore."""
    if is_interactive():
        say(f"Restoring the home of {workspace}.", "dim")
    from sptcoder.archives.actions import restore_into
    from sptcoder.session import open_session

    with open_session(context) as session:
        restore_into(session, workspace, file, asked=yes, as_json=as_json)
