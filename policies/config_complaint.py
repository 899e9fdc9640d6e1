"""What is wrong with a rule's configuration, in words: a schema library's own texts show whole objects."""

__all__ = ["complaint", "shown"]

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonschema.exceptions import ValidationError

_SHOWN_LENGTH: Final = 60


def complaint(error: ValidationError) -> str:
    """Return the rest of a sentence about a configuration: where something is wrong, what, and what is expected."""
    where = error.json_path.removeprefix("$").removeprefix(".") or "it"
    words = _WORDS.get(str(error.validator))
    if words is not None:
        return f"{where} {words(error)}"
    return f"{where} is {shown(error.instance)}, which is not what the rule's schema asks for ({error.validator})"


def shown(value: object) -> str:
    """Return a value as JSON, shortened; configurations hold no secrets."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}..."


def _extra(error: ValidationError) -> str:
    schema: Any = error.schema
    known = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    found: Any = error.instance
    extra = sorted(set(found) - set(known))
    return f"may not have {shown(extra[0])}; it may have: {', '.join(sorted(known)) or 'nothing'}"


def _missing(error: ValidationError) -> str:
    found: Any = error.instance
    wanted: Any = error.validator_value
    return f"lacks '{next(key for key in wanted if key not in found)}'"


def _expected(words: str) -> Callable[[ValidationError], str]:
    return lambda error: f"is {shown(error.instance)}; {words.format(error.validator_value)} is expected"


def _choices(error: ValidationError) -> str:
    choices: Any = error.validator_value
    return f"is {shown(error.instance)}; one of {', '.join(map(str, choices))} is expected"


_WORDS: Final[Mapping[str, Callable[[ValidationError], str]]] = {
    "additionalProperties": _extra,
    "required": _missing,
    "enum": _choices,
    "type": _expected("a value of type {}"),
    "pattern": _expected("text of the form {}"),
    "minLength": _expected("text of at least {} characters"),
    "minimum": _expected("a number of at least {}"),
    "minItems": _expected("a list of at least {}"),
}
