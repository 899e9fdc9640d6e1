"""How commands that start a Job show what it says."""

__all__ = ["tell"]

from collections.abc import Mapping
from typing import Any, Final

import typer

_HEAD: Final = frozenset({"time", "level", "job", "event"})


def tell(said: Mapping[str, Any]) -> None:
    """Print one line of the Job's log for people: the event, then what it says, with a mark if it is bad."""
    facts = ", ".join(f"{key} {value}" for key, value in said.items() if key not in _HEAD and value not in ("", None))
    mark = {"error": "✗", "warning": "!"}.get(str(said.get("level")), "✓")
    typer.echo(f"  {mark} {said.get('event')}: {facts}" if facts else f"  {mark} {said.get('event')}")
