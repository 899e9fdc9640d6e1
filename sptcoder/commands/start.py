"""`sptcoder start`."""

__all__ = ["register"]

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WaitOption, WorkspaceArgument

_HELP = "Start a stopped workspace, with the template version it has, and wait until it is ready."
_EXAMPLES = """\b
Examples:
  sptcoder start shop
  sptcoder start shop --no-wait
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("start", help=_HELP, epilog=_EXAMPLES)(start_command)


def start_command(
    name: WorkspaceArgument, context: ContextOption = None, *, wait: WaitOption = True, as_json: JsonOption = False
) -> None:
    """Start a workspace; one that runs already is no error."""
    from sptcoder.cli.phases import Phases
    from sptcoder.session import open_session
    from sptcoder.workspaces.lifecycle import Lifecycle
    from sptcoder.workspaces.lookup import find_workspace
    from sptcoder.workspaces.report import report
    from sptcoder.workspaces.still_at_work import goes_on

    with open_session(context) as session:
        workspace = find_workspace(session.client, name)
        with goes_on(f"start of '{name}'", name):
            changed = Lifecycle(session.client, Phases()).start(workspace, wait=wait)
        state = "is ready" if wait else "is being started"
        sentence = f"The workspace '{name}' {state}." if changed else f"'{name}' ran already."
        report(session, workspace, sentence, words=name, changed=changed, as_json=as_json)
