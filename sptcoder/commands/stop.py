"""`sptcoder stop`."""

__all__ = ["register"]

import typer

from sptcoder.cli.options import ContextOption, JsonOption, WaitOption, WorkspaceArgument

_HELP = "Stop a workspace; its home stays. A start that is under way is canceled."
_EXAMPLES = """\b
Examples:
  sptcoder stop shop
  sptcoder stop shop --no-wait
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("stop", help=_HELP, epilog=_EXAMPLES)(stop_command)


def stop_command(
    name: WorkspaceArgument, context: ContextOption = None, *, wait: WaitOption = True, as_json: JsonOption = False
) -> None:
    """Stop a workspace; one that is stopped already is no error."""
    from sptcoder.cli.phases import Phases
    from sptcoder.session import open_session
    from sptcoder.workspaces.lifecycle import Lifecycle
    from sptcoder.workspaces.lookup import find_workspace
    from sptcoder.workspaces.report import report
    from sptcoder.workspaces.still_at_work import goes_on

    with open_session(context) as session:
        workspace = find_workspace(session.client, name)
        with goes_on(f"stop of '{name}'", name):
            changed = Lifecycle(session.client, Phases()).stop(workspace, wait=wait)
        state = "is stopped" if wait else "is being stopped"
        sentence = f"The workspace '{name}' {state}; its home stays." if changed else f"'{name}' was stopped already."
        report(session, workspace, sentence, words=name, changed=changed, as_json=as_json)
