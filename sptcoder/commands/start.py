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
    from sptcoder.workspaces.change import changing

    with changing(name, "start", context) as change:
        changed = change.lifecycle.start(change.workspace, wait=wait)
        state = "is ready" if wait else "is being started"
        sentence = f"The workspace '{name}' {state}." if changed else f"'{name}' ran already."
        change.report(sentence, changed=changed, as_json=as_json)
