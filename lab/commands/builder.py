"""`python -m lab builder docker ...`: one command, run while the image builder runs."""

__all__ = ["register"]

import os
import subprocess
from typing import Annotated

import typer

from core.errors import CommandNotFoundError, UsageError
from lab.builder import builder, docker_environment
from lab.builder.client import DOCKER


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        "builder",
        help="Run one command, such as 'docker image ls', with DOCKER_HOST leading to the image builder.",
        context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True},
    )(run)


def run(words: Annotated[list[str] | None, typer.Argument(metavar="COMMAND...")] = None) -> None:
    """Run the command with the terminal as it is, and end with its exit code."""
    if not words:
        raise UsageError("No command was given.", next_command="python -m lab builder docker image ls")
    program, *arguments = words
    # Another docker client may come first on PATH.
    located = str(DOCKER) if program == "docker" else program
    with builder():
        try:
            done = subprocess.run([located, *arguments], env={**os.environ, **docker_environment()}, check=False)
        except FileNotFoundError:
            raise CommandNotFoundError(program) from None
    raise typer.Exit(done.returncode)
