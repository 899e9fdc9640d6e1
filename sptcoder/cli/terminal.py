"""What stands at the other end of stdin, stdout and stderr, and plain words to it."""

__all__ = ["is_interactive", "say", "styled", "uses_colour", "write_json", "write_line"]

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, Final, TextIO

_STYLES: Final = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "bold red": "1;31"}


def is_interactive(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether a person can be asked: stdin and stderr are terminals and this is no pipeline (CI)."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not environment.get("CI")


def uses_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether a stream is to have colours: a terminal, and neither NO_COLOR nor TERM=dumb."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def styled(text: str, style: str, stream: TextIO) -> str:
    """Return the text in a style, plain where the stream has no colours."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if uses_colour(stream) else text


def say(line: str, style: str | None = None) -> None:
    """Write a line for the user to stderr, at once."""
    sys.stderr.write((line if style is None else styled(line, style, sys.stderr)) + "\n")
    sys.stderr.flush()


def write_line(line: str) -> None:
    """Write a line of the result to stdout."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def write_json(value: Mapping[str, Any]) -> None:
    """Write the result to stdout as one JSON object; times are ISO 8601."""
    write_line(json.dumps(value, indent=2, default=_plain))


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever json asks for
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if callable(isoformat) else str(value)
