"""`make toolchain`: build or find every tool the lab needs, without starting anything."""

__all__ = ["register"]

import typer

from lab.display import open_progress
from lab.images import ensure_debian_layers
from lab.toolchain import ensure_toolchain


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("toolchain", help="Build what is missing of the lab's tools; safe to repeat and to interrupt.")(
        toolchain
    )


def toolchain() -> None:
    """Ensure the toolchain and say where it is."""
    with open_progress() as progress:
        ready = ensure_toolchain(progress)
        ensure_debian_layers(ready, progress)
    typer.echo(f"Tools: {ready.bin}")
