"""`make image-sizes`: what each part of the workspace image costs, as its last build in the image builder has it."""

__all__ = ["register"]

from typing import Annotated

import typer

from images.workspace.arguments import TARGETS
from lab.builder import builder
from lab.display import open_progress
from lab.images.size_page import SIZE_PAGE, measured_table, put_table


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("image-sizes", help="What each part of the workspace image costs, in MiB.")(image_sizes)


def image_sizes(
    target: Annotated[str, typer.Option("--target", help=f"One of {', '.join(TARGETS)}.")] = "full",
    *,
    write: Annotated[bool, typer.Option("--write", help=f"Put the table into {SIZE_PAGE.name}.")] = False,
) -> None:
    """Print the table."""
    with open_progress() as progress, builder(progress):
        table = measured_table(target)
    typer.echo("\n".join(table))
    if write:
        page = put_table(SIZE_PAGE.read_text(encoding="utf-8"), target, table)
        SIZE_PAGE.write_text(page, encoding="utf-8")
