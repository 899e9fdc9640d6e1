"""`make deploy-window`: whether a stack may be deployed now."""

__all__ = ["register"]

import datetime as dt

import typer

from ci.commands.options import OverrideOption, StackOption
from ci.stack_settings import stack_settings
from core.errors import SptFlowError
from core.maintenance_window import check_window

_HELP = """Say whether a stack may be deployed now, by its settings maintenanceWindow and business*; exit 1 if not.

Example: make deploy-window STACK=prod OVERRIDE="mends the outage of today"
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("deploy-window", help=_HELP)(window)


def window(stack: StackOption, override: OverrideOption = "") -> None:
    """Judge the moment."""
    closed = stack_settings(stack).deployment.closed_hours()
    verdict = check_window(closed, dt.datetime.now(dt.UTC), override=override)
    if not verdict.is_open:
        raise SptFlowError(
            f"Stack {stack} is not to be deployed now. {verdict.sentence}",
            next_command=f'run it later, or with the reason why not: OVERRIDE="..." STACK={stack}',
        )
    typer.echo(f"Stack {stack} may be deployed. {verdict.sentence}")
