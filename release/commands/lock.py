"""`make release-lock`: release/requirements.txt, from the lock."""

__all__ = ["register"]

import typer

from core.command import Command
from core.uv import uv_folders
from release.sources import ROOT

_TARGET = "release/requirements.txt"
_GROUPS = ("cli", "cli-test", "release")
_HELP = """Write release/requirements.txt, by which other systems install, from uv.lock.

Example: make release-lock
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("lock", help=_HELP)(lock)


def lock() -> None:
    """Write it, and print where it is."""
    groups = [word for group in _GROUPS for word in ("--only-group", group)]
    options = ("--quiet", "--frozen", "--no-header", "--no-emit-project", "--output-file", _TARGET)
    Command("uv", path=uv_folders(), cwd=ROOT).run("export", *options, *groups)
    typer.echo(_TARGET)
