"""`make ci-deploy`: within the stack's window, a preview under the policies, and only then the deployment."""

__all__ = ["register"]

import datetime as dt
import tempfile
from pathlib import Path

import typer

from ci.commands.options import OverrideOption, StackOption
from ci.pulumi_run import deploy_stack, preview_stack
from ci.stack_settings import stack_settings
from core.errors import SptFlowError
from core.maintenance_window import check_window

_HELP = """Deploy a stack: refused within its business hours and for a preview that breaks a policy.

Example: make ci-deploy STACK=prod OVERRIDE="mends the outage of today"
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("deploy", help=_HELP)(deploy)


def deploy(stack: StackOption, override: OverrideOption = "") -> None:
    """Deploy the stack."""
    closed = stack_settings(stack).deployment.closed_hours()
    verdict = check_window(closed, dt.datetime.now(dt.UTC), override=override)
    if not verdict.is_open:
        raise SptFlowError(f"Stack {stack} is not deployed now. {verdict.sentence}", next_command="make deploy-window")
    typer.echo(verdict.sentence)
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as scratch:
        result = preview_stack(stack, Path(scratch, "preview.json"), list_all=False)
    result.check()
    if result.plan.is_empty:
        typer.echo(f"Stack {stack} is as its program says; nothing to deploy.")
        return
    deploy_stack(stack, override=verdict.override)
