"""`make ci-facts`: what a workflow has to know of this checkout, as outputs of its step."""

__all__ = ["register"]

import typer

import versions
from ci.commands.options import set_output
from ci.releases import newest_release

_HELP = """Print the pinned version of Pulumi's CLI and the newest release tag; in a workflow, as the step's outputs.

Example: make ci-facts
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("facts", help=_HELP)(facts)


def facts() -> None:
    """Print them."""
    for name, value in (("pulumi", versions.PULUMI), ("release", newest_release())):
        set_output(name, value)
        typer.echo(f"{name}={value}")
