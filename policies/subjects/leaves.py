"""Every value inside a tree of properties, with the name it goes by."""

__all__ = ["Leaf", "leaves", "shown_path"]

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pulumi_policy.deserialize import SPECIAL_SIG_KEY

from core.fields import Field

_PATH: Final = re.compile(r"[A-Za-z0-9_.\[\]/-]{1,100}", re.ASCII)


@dataclass(frozen=True)
class Leaf:
    """A value that is no mapping and no list: `name` is its key, or the `name` beside its `value` in a list."""

    name: str
    field: Field


def leaves(root: Field, *, enters: Callable[[str, Field], bool] = lambda _key, _field: True) -> Iterator[Leaf]:
    """Yield every leaf, unknown ones among them, depth first without recursion; `enters` says into which keys to go.

    An element of a list has the name of the list. A value that the engine has sealed is no leaf.
    """
    waiting = [Leaf("", root)]
    while waiting:
        here = waiting.pop()
        field = here.field
        if field.is_mapping:
            entries = dict(field.entries())
            if SPECIAL_SIG_KEY in entries:
                continue
            own_name = entries["name"].text() if "value" in entries and "name" in entries else None
            waiting.extend(
                Leaf(own_name if key == "value" and own_name else key, child)
                for key, child in reversed(entries.items())
                if enters(key, child)
            )
        elif field.is_sequence:
            waiting.extend(reversed([Leaf(here.name, item) for item in field.items()]))
        elif not field.is_missing:
            yield here


def shown_path(field: Field) -> str | None:
    """Return where a value stands, if its keys may be repeated: short, and made of the signs of names."""
    return field.path if _PATH.fullmatch(field.path) else None
