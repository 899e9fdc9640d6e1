"""Properties as a rule sees them, turned into plain values again."""

__all__ = ["plain_value"]

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.fields import Field


def plain_value(field: Field) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what stands in a field, secrets in clear; the engine's mark stands where a value is unknown."""
    if field.unknown is not None:
        return UNKNOWN_STRING_VALUE
    if isinstance(field.value, Mapping):
        return {str(key): plain_value(field.get(str(key))) for key in field.value}
    if isinstance(field.value, Sequence) and not isinstance(field.value, str | bytes):
        return [plain_value(each) for each in field.items()]
    return field.value
