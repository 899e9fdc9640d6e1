"""`make doctor`: what is wrong with this machine, the lab and the platform, and what to type next."""

__all__ = ["register"]

from typing import Annotated

import typer

from lab.commands.health_table import print_health
from lab.commands.options import STACK_HELP, lab_instance
from lab.deploy.stack_file import load_stack_file
from lab.doctor import examine

_HELP = "Look for what is wrong with this machine, the lab and the platform, and say what to type next."


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("doctor", help=_HELP)(doctor)


def doctor(
    stack: Annotated[str, typer.Option("--stack", help=STACK_HELP)] = "dev",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of a table.")] = False,
) -> int:
    """Exit code 0: nothing is wrong; 1: something is."""
    return print_health(list(examine(load_stack_file(stack), lab_instance())), as_json=as_json)
