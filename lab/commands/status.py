"""`make status`: each part of the lab and of the platform, healthy or not, and what to do."""

__all__ = ["register"]

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lab.cluster import PartHealth, lab_status
from lab.commands.options import lab_instance
from lab.platform_health import platform_status


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("status", help="Show each part of the lab and the platform: healthy or not, and what to do next.")(
        status
    )


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of a table.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Exit with 1 when any part is not healthy."""
    instance = lab_instance()
    parts = lab_status(instance)
    if all(part.healthy for part in parts):
        parts = [*parts, *platform_status(instance)]
    if as_json:
        typer.echo(json.dumps([asdict(part) for part in parts], indent=2))
    else:
        _print_table(parts)
    if not all(part.healthy for part in parts):
        raise typer.Exit(1)


def _print_table(parts: list[PartHealth]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "detail", "next"):
        table.add_column(heading, overflow="fold")
    for part in parts:
        state = "[green]healthy[/green]" if part.healthy else "[red]not healthy[/red]"
        table.add_row(part.name, state, part.detail, part.next_command or "")
    Console().print(table)
