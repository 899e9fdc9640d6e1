"""`sptcoder restore`: bring a saved home back into a workspace, or its volume out of the platform's snapshots."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WorkspaceArgument, YesOption
from sptcoder.cli.terminal import is_interactive, say

_HELP = "Bring a home back: what 'sptcoder snapshot' saved, or one of the platform's daily snapshots."
_EPILOG = """\b
Examples:
  sptcoder restore repo before.home.tar       asks first
  sptcoder restore other before.home.tar -y   into another workspace, without asking
  sptcoder restore repo --from platform       the newest daily snapshot, into a volume that is gone
  sptcoder restore repo --from platform:2026-11-22 --to repo-as-it-was

\b
A file is checked first and unpacked beside the home; only then its files replace those of the same name. Files that
are in the workspace alone stay. If anything fails before that, the home is as it was.

\b
A snapshot of the platform makes a volume anew, under its own name or beside it (--to), and writes to none that is
there. That takes a kubectl with rights on the platform's cluster; without them nothing is done, and you are told what
to ask for, and of whom.
"""

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="What 'sptcoder snapshot' wrote.", show_default=False)
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="SOURCE", help="platform, platform:DAY or platform:ID instead of a file."),
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="CLAIM", help="Name of the volume claim that is made; with --from.")
]
ClusterOption = Annotated[
    str | None,
    typer.Option("--kube-context", metavar="NAME", help="The platform's cluster in your kubeconfig; with --from."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore", help=_HELP, epilog=_EPILOG)(restore)


def restore(
    workspace: WorkspaceArgument,
    file: FileArgument = None,
    *,
    source: FromOption = None,
    target: ToOption = None,
    kube_context: ClusterOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    context: ContextOption = None,
) -> None:
    """Check, ask, restore."""
    if is_interactive():
        say(f"Restoring the home of {workspace}.", "dim")
    from core.errors import UsageError
    from sptcoder.archives.actions import restore_from_platform, restore_into
    from sptcoder.archives.platform_snapshot import read_source
    from sptcoder.session import open_session

    if (file is None) == (source is None):
        raise UsageError("Give either a FILE or --from platform.", next_command="sptcoder restore --help")
    if file is not None and (target is not None or kube_context is not None):
        raise UsageError("--to and --kube-context belong to --from.", next_command="sptcoder restore --help")
    which = None if source is None else read_source(source)
    with open_session(context) as session:
        if file is not None:
            restore_into(session, workspace, file, asked=yes, as_json=as_json)
        elif which is not None:
            where = () if kube_context is None else ("--context", kube_context)
            restore_from_platform(session, workspace, which, target=target or "", where=where, as_json=as_json)
