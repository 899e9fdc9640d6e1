"""`make image-tools`: build what lists, judges and signs what is in an image."""

__all__ = ["register"]

from typing import Annotated

import typer

from lab.display import open_progress
from lab.toolchain import ensure_image_tools


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-tools", help="Build syft, grype and cosign, or those of them that are named.")(image_tools)


def image_tools(
    names: Annotated[list[str] | None, typer.Argument(help="Names, if not all of them are wanted.")] = None,
) -> None:
    """Ensure the tools and say where they are."""
    with open_progress() as progress:
        ready = ensure_image_tools(progress, tuple(names or ()))
    typer.echo(f"Tools: {ready.bin}")
