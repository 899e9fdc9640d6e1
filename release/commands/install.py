"""`make install` and `make uninstall`: sptcoder of this checkout, for this user."""

__all__ = ["register"]

import typer

from release.installation import install, uninstall
from sptcoder.version import VERSION

_HELP = """Install sptcoder from this checkout, for this user, with uv.

It goes to ~/.local/bin, or to UV_TOOL_BIN_DIR. Example: make install
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("install", help=_HELP)(installation)
    app.command("uninstall", help="Remove what 'make install' has installed.")(removal)


def installation() -> None:
    """Install it, and say what to type next."""
    done = install()
    typer.echo(f"Installed {done.program}, version {VERSION}.")
    if not done.on_path:
        typer.echo(f"Next:\n  export PATH={done.program.parent}:$PATH")


def removal() -> None:
    """Remove it."""
    uninstall()
    typer.echo("Removed sptcoder.")
