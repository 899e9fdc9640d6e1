"""How `make status` and `make doctor` print what they have found."""

__all__ = ["print_health"]

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import typer
from rich.console import Console
from rich.table import Table

from lab.cluster import PartHealth

_WIDTH: Final = 200
"""Of a line in a file or a pipe, in characters."""


def print_health(parts: Sequence[PartHealth], *, as_json: bool) -> int:
    """Print the parts as a table for people, or as one JSON array; return 1 if one of them is not healthy, else 0."""
    if as_json:
        typer.echo(json.dumps([asdict(part) for part in parts], indent=2))
    else:
        table = Table(box=None, pad_edge=False)
        for heading in ("part", "state", "detail", "next"):
            table.add_column(heading, overflow="fold")
        for part in parts:
            state = "[green]healthy[/green]" if part.healthy else "[red]not healthy[/red]"
            table.add_row(part.name, state, part.detail, part.next_command or "")
        Console(width=None if sys.stdout.isatty() else _WIDTH).print(table)
    return 0 if all(part.healthy for part in parts) else 1
