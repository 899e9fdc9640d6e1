"""`make ci-preview`: a stack's preview under the policies, kept as a file."""

__all__ = ["register"]

from pathlib import Path
from typing import Annotated

import typer

from ci.commands.options import StackOption
from ci.pulumi_run import preview_stack

_HELP = """Preview a stack with the official Pulumi CLI and the policy pack; exit 1 if either refuses.

Needs PULUMI_BACKEND_URL and the stack's kubeconfig. Example: make ci-preview STACK=staging OUT=preview.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("preview", help=_HELP)(preview)


def preview(
    stack: StackOption,
    out: Annotated[Path, typer.Option("--out", envvar="OUT", help="Where the CLI's JSON goes.")] = Path("preview.json"),
) -> None:
    """Preview the stack."""
    result = preview_stack(stack, out.absolute())
    for verdict in result.verdicts:
        typer.echo(f"{verdict.level}: [{verdict.policy}] {verdict.sentence}")
    typer.echo(f"{out}: {len([one for one in result.plan.changes if one.operation != 'same'])} changes")
    result.check()
