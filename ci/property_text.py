"""What may be shown of a changed property: only what was understood, and nothing where secrets are kept."""

__all__ = ["property_text"]

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ci.plan import Change
from core.image_reference import ImageReference, ImageReferenceError
from core.quantity import Quantity, QuantityError

_STEP: Final = re.compile(r"""\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<index>\d+)\]|(?P<name>[^.\[\]]+)""")
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"  # how the engine writes a value that is not known yet
_SECRET: Final = "[secret]"  # noqa: S105 - what the CLI writes in the place of one
_NOT_SHOWN: Final = "(not shown)"
# Places whose values people write themselves: a secret may stand there unmarked.
_FREE: Final = frozenset(
    {
        "data",
        "binaryData",
        "stringData",
        "env",
        "args",
        "command",
        "annotations",
        "values",
        "create",
        "update",
        "delete",
    }
)
# Fields whose values are words of a closed set, or names of objects.
_WORDS: Final = frozenset(
    {
        *("kind", "apiVersion", "type", "namespace", "name", "serviceName", "storageClassName", "serviceAccountName"),
        *("schedule", "timeZone", "concurrencyPolicy", "imagePullPolicy", "restartPolicy", "clusterIP", "protocol"),
        *("version", "chart", "updateStrategy", "volumeMode", "policyTypes", "cidr", "port", "targetPort"),
    }
)
# Below these a text is an amount.
_AMOUNTS: Final = frozenset(
    {"requests", "limits", "hard", "min", "max", "default", "defaultRequest", "capacity", "overhead", "sizeLimit"}
)
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./:*_,-]{0,79}", re.ASCII)


def property_text(change: Change, path: str) -> tuple[str, str]:
    """Return how a property was and how it will be, in words or as the value where that is safe to show."""
    steps = _steps(path)
    is_secret = change.kind == "Secret"
    old, new = (_shown(steps, _value(side, steps), is_secret=is_secret) for side in (change.old, change.new))
    return old, new


def _steps(path: str) -> list[str | int]:
    found: list[str | int] = []
    for match in _STEP.finditer(path):
        if match["index"] is not None:
            found.append(int(match["index"]))
        else:
            found.append(match["quoted"] if match["quoted"] is not None else match["name"])
    return found


def _value(inputs: Mapping[str, Any], steps: list[str | int]) -> object:
    here: object = inputs
    for step in steps:
        if isinstance(here, Mapping) and isinstance(step, str):
            here = here.get(step)
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(step, int):
            here = here[step] if step < len(here) else None
        elif here == _SECRET:
            return _SECRET
        else:
            return None
    return here


def _shown(steps: list[str | int], value: object, *, is_secret: bool) -> str:
    if value is None:
        return "—"
    if value == _SECRET or is_secret:
        return _SECRET
    if value == _UNKNOWN:
        return "(not known yet)"
    if isinstance(value, Mapping | list):
        return f"({len(value)} {'entry' if len(value) == 1 else 'entries'})"
    if _FREE.intersection(step for step in steps if isinstance(step, str)):
        return _NOT_SHOWN
    return _understood([str(step) for step in steps], value)


def _understood(steps: list[str], value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    field = steps[-1] if steps else ""
    if not isinstance(value, str):
        return _NOT_SHOWN
    is_amount = bool(_AMOUNTS.intersection(steps)) and _is_quantity(value)
    is_word = field in _WORDS and _WORD.fullmatch(value) is not None
    return value if is_amount or is_word or (field == "image" and _is_image(value)) else _NOT_SHOWN


def _is_image(value: str) -> bool:
    try:
        ImageReference.parse(value)
    except ImageReferenceError:
        return False
    return True


def _is_quantity(value: str) -> bool:
    try:
        Quantity.parse(value)
    except QuantityError:
        return False
    return True
