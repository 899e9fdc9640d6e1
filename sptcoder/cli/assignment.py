"""Words of the form NAME=VALUE."""

__all__ = ["parse_assignments"]

import re
from collections.abc import Iterable
from typing import Final

from core.errors import UsageError

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


def parse_assignments(words: Iterable[str] | None, option: str) -> dict[str, str]:
    """Return the values by name; a value may hold anything, `=` too, and be empty.

    Raises UsageError, which names the option but no value: it may be a secret.
    """
    found: dict[str, str] = {}
    for word in words or ():
        name, equals, value = word.partition("=")
        if not equals or not _NAME.fullmatch(name):
            shown = f" of '{name}'" if _NAME.fullmatch(name) else ""
            raise UsageError(f"The value{shown} given by {option} cannot be read; expected is {option} NAME=VALUE.")
        if name in found:
            raise UsageError(f"{option} gives '{name}' twice; once is expected.")
        found[name] = value
    return found
