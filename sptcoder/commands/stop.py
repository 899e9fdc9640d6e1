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
    from sptcoder.workspaces.change import changing

    with changing(name, "stop", context) as change:
        changed = change.lifecycle.stop(change.workspace, wait=wait)
        state = "is stopped" if wait else "is being stopped"
        sentence = f"The workspace '{name}' {state}; its home stays." if changed else f"'{name}' was stopped already."
        change.report(sentence, changed=changed, as_json=as_json)
