"""`make release-wheel`: the wheel."""

__all__ = ["register"]

from pathlib import Path

import typer

from release.commands.options import FolderOption
from release.wheel import build_wheel

_HELP = """Build the wheel of sptcoder, which pipx and uv install.

Example: make release-wheel DIST=dist
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("wheel", help=_HELP)(wheel)


def wheel(folder: FolderOption = Path("dist")) -> None:
    """Build it, and print where it is."""
    typer.echo(build_wheel(folder))
