"""`make ci-image-test`: what an image that was just built has to do before anybody gets it."""

__all__ = ["register"]

import typer

from ci.commands.options import ImageOption
from ci.image_build import local_reference
from ci.image_smoke import smoke_test

_HELP = """Run an image's own check in a container: spt-validate in the workspace, the jobs without any right.

Example: make ci-image-test IMAGE=platform-tools
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-test", help=_HELP)(command)


def command(image: ImageOption) -> None:
    """Test the image that was built from this commit."""
    typer.echo(smoke_test(image, local_reference(image)), nl=False)
