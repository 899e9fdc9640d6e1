"""`make cli-reference`: the part of docs/cli.md that is written from the commands themselves."""

__all__ = ["register"]

import typer

from release.reference import PAGE, written_page

_HELP = """Write the reference of all commands into docs/cli.md, from their own help.

Example: make cli-reference
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("reference", help=_HELP)(reference)


def reference() -> None:
    """Write it, and print where it is."""
    PAGE.write_text(written_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    typer.echo(PAGE)
