"""`make status`: each part of the lab and of the platform, healthy or not, and what to do."""

__all__ = ["register"]

from typing import Annotated

import typer

from lab.cluster import lab_status
from lab.commands.health_table import print_health
from lab.commands.options import lab_instance
from lab.platform_health import platform_status


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("status", help="Show each part of the lab and the platform: healthy or not, and what to do next.")(
        status
    )


def status(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of a table.")] = False
) -> int:
    """Exit with 1 when any part is not healthy."""
    instance = lab_instance()
    parts = lab_status(instance)
    if all(part.healthy for part in parts):
        parts = [*parts, *platform_status(instance)]
    return print_health(parts, as_json=as_json)
