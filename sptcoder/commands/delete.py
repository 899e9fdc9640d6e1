"""`sptcoder delete`."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.options import ContextOption, JsonOption, WaitOption, WorkspaceArgument, YesOption
from sptcoder.cli.terminal import write_json, write_line

_HELP = "Delete a workspace with its home: what is not pushed is lost. Asks, unless --yes is given."
_EXAMPLES = """\b
Examples:
  sptcoder delete shop
  sptcoder delete shop --yes                 in scripts
  sptcoder delete shop --yes --if-exists     in the last step of a pipeline, whatever came before
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("delete", help=_HELP, epilog=_EXAMPLES)(delete_command)


def delete_command(
    name: WorkspaceArgument,
    context: ContextOption = None,
    *,
    yes: YesOption = False,
    if_exists: Annotated[bool, typer.Option("--if-exists", help="No error if there is no such workspace.")] = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Delete a workspace, whatever it is doing."""
    from sptcoder.cli.phases import Phases
    from sptcoder.cli.prompt import confirm
    from sptcoder.session import open_session
    from sptcoder.workspaces.lifecycle import Lifecycle
    from sptcoder.workspaces.lookup import NoWorkspaceError, find_workspace
    from sptcoder.workspaces.still_at_work import goes_on

    with open_session(context) as session:
        try:
            workspace = find_workspace(session.client, name)
        except NoWorkspaceError:
            if not if_exists:
                raise
            _tell(name, f"There is no workspace '{name}': nothing to delete.", deleted=False, as_json=as_json)
            return
        question = f"Delete the workspace '{name}' of {workspace.owner_name} with its home, and all that is not pushed"
        if not yes and not confirm(question, instead=f"sptcoder delete {name} --yes"):
            _tell(name, f"The workspace '{name}' stays.", deleted=False, as_json=as_json)
            return
        with goes_on(f"deletion of '{name}'", name):
            Lifecycle(session.client, Phases()).delete(workspace, wait=wait)
        state = "is deleted, with its home" if wait else "is being deleted"
        _tell(name, f"The workspace '{name}' {state}.", deleted=True, as_json=as_json)


def _tell(name: str, sentence: str, *, deleted: bool, as_json: bool) -> None:
    if as_json:
        write_json({"workspace": {"name": name}, "changed": deleted, "correlation_id": correlation_id()})
    else:
        write_line(sentence)
