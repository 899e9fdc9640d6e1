"""`make test-packages`: install the Debian packages that only tests use; `make test` begins with it."""

__all__ = ["register"]

import typer

from core.errors import SptFlowError
from lab.display import open_progress
from lab.toolchain import ensure_test_packages


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("test-packages", help="Install the Debian packages that only tests use.")(test_packages)


def test_packages() -> None:
    """Install them, or say why not: the tests that need them are skipped then, and the others are worth running."""
    try:
        with open_progress() as progress:
            ensure_test_packages(progress)
    except SptFlowError as failure:
        typer.echo(f"Tests that need those packages are skipped. {failure}", err=True)
