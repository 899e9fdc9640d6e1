"""`sptcoder restart`."""

__all__ = ["register"]

from typing import Annotated

import typer

from sptcoder.cli.options import ContextOption, JsonOption, ParametersOption, WaitOption, WorkspaceArgument

_HELP = """Stop and start a workspace. What runs in it ends; its home stays.

With --update it comes up with the newest version of its template. Nothing does that unless you ask: a running workspace
is never restarted for an update.
"""
_EXAMPLES = """\b
Examples:
  sptcoder restart shop
  sptcoder restart --update shop
  sptcoder restart --update shop --param cpu=2
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restart", help=_HELP, epilog=_EXAMPLES)(restart_command)


def restart_command(
    name: WorkspaceArgument,
    context: ContextOption = None,
    *,
    update: Annotated[bool, typer.Option("--update", help="Take the newest version of the template.")] = False,
    parameters: ParametersOption = None,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Restart a workspace; a stopped one is started."""
    from sptcoder.cli.assignment import parse_assignments
    from sptcoder.workspaces.change import changing
    from sptcoder.workspaces.new_version import check_parameters

    values = parse_assignments(parameters, "--param")
    with changing(name, "restart", context) as change:
        client, workspace, lifecycle = change.session.client, change.workspace, change.lifecycle
        version = workspace.template_active_version_id if update else workspace.latest_build.template_version_id
        if update or values:
            check_parameters(client, workspace, version, values)
        lifecycle.stop(workspace)
        stopped = client.workspaces.get(workspace.id)
        lifecycle.start(stopped, version_id=version if update else None, parameters=values, wait=wait)
        with_what = ", with the newest version of its template" if update else ""
        sentence = f"The workspace '{name}' {'is ready' if wait else 'is being started'}{with_what}."
        change.report(sentence, changed=True, as_json=as_json)
