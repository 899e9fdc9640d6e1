"""`sptcoder snapshot`: save the home of a workspace into a file of this machine."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Save the home of a running workspace into a file of this machine."
_EPILOG = """\b
Examples:
  sptcoder snapshot repo                           repo-20261122T090000Z.home.tar, in this folder
  sptcoder snapshot repo before.home.tar
  sptcoder snapshot repo --exclude node_modules --exclude './*/target'
  sptcoder restore repo before.home.tar            brings it back

\b
Only you can read the file: a home has secrets in it. Without --with-caches, ~/.cache is left out. The platform's daily
snapshots of volumes are another matter; they need nobody to think of them.
"""

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="Where to save; nothing is overwritten.", show_default=False)
]
ExcludeOption = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="PATTERN", help="Leave out what matches, as tar does.")
]
CachesOption = Annotated[bool, typer.Option("--with-caches", help="Save ~/.cache as well.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("snapshot", help=_HELP, epilog=_EPILOG)(snapshot)


def snapshot(
    workspace: WorkspaceArgument,
    file: FileArgument = None,
    *,
    exclude: ExcludeOption = None,
    with_caches: CachesOption = False,
    as_json: JsonOption = False,
    context: ContextOption = None,
) -> None:
    """Save, and print where."""
    if is_interactive():
        say(f"Saving the home of {workspace}.", "dim")
    from sptcoder.archives.actions import snapshot_home
    from sptcoder.session import open_session

    with open_session(context) as session:
        snapshot_home(session, workspace, file, excludes=tuple(exclude or ()), with_caches=with_caches, as_json=as_json)
