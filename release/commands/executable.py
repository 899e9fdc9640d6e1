"""`make release-executable`: the executables for the system this runs on."""

__all__ = ["register"]

from pathlib import Path

import typer

from release.commands.options import FolderOption
from release.executable import build_executables

_HELP = """Build the executables of sptcoder for this system, which need no Python, and try them.

Two files: one that is the program, and an archive with a folder that starts faster, for package managers.
Example: make release-executable DIST=dist
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("executable", help=_HELP)(executable)


def executable(folder: FolderOption = Path("dist")) -> None:
    """Build them, and print where they are."""
    built = build_executables(folder)
    typer.echo(f"{built.file}\n{built.archive}")
