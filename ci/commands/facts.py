"""`make ci-facts`: what a workflow has to know of this checkout, as outputs of its step."""

__all__ = ["register"]

import json

import typer

import versions
from ci.commands.options import set_output
from ci.releases import newest_release

_HELP = """Print the pinned version of Pulumi's CLI, the newest release, and the stacks that hold something.

In a workflow they are the step's outputs.
Example: make ci-facts
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("facts", help=_HELP)(facts)


def facts() -> None:
    """Print them."""
    release = newest_release()
    # Prod holds what was released; before the first release there is nothing there to look at.
    deployed = json.dumps(["staging", "prod"] if release else ["staging"])
    for name, value in (("pulumi", versions.PULUMI), ("release", release), ("deployed", deployed)):
        set_output(name, value)
        typer.echo(f"{name}={value}")
