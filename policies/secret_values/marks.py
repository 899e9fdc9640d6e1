"""The engine's marks of secrets, kept: its service hands rules every secret as if it were plain text."""

__all__ = ["MarkedText", "is_marked", "keep_marks", "marked"]

import sys
from collections.abc import Mapping
from typing import Any, Final

import pulumi_policy
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY, deserialize_properties

from core.fields import Field

_VALUE: Final = "value"


class MarkedText(str):
    """Text that the program holds as a secret; to everything else it is text like any other."""

    __slots__ = ()


def is_marked(field: Field) -> bool:
    """Say whether the text that stands here, known or not known yet, is marked as secret."""
    if isinstance(field.value, MarkedText):
        return True
    # What the SDK raises for an unknown value carries the text that stood for it.
    return isinstance(getattr(field.unknown, "unknown_type_sentinel", None), MarkedText)


def marked(value: object) -> Any:  # noqa: ANN401 - any property
    """Return a value with every text in it marked."""
    if isinstance(value, str):
        return MarkedText(value)
    if isinstance(value, list):
        return [marked(each) for each in value]
    if isinstance(value, dict):
        return {key: marked(each) for key, each in value.items()}
    return value


def keep_marks() -> None:
    """Have the SDK's service keep the marks, in this process, from now on; a second call changes nothing.

    The engine sends them (KeepSecrets), and the SDK's analyzer unwraps them; it has no option that would not.
    """
    service = sys.modules[pulumi_policy.PolicyPack.__module__]
    if vars(service)["deserialize_properties"] is deserialize_properties:
        vars(service)["deserialize_properties"] = _deserialize


def _deserialize(props: dict[str, Any], *args: Any, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own
    return deserialize_properties({key: _replaced(each) for key, each in props.items()}, *args, **options)


def _replaced(value: object) -> Any:  # noqa: ANN401 - any property
    """Return a property in which marked text stands where a secret stood."""
    if isinstance(value, list):
        return [_replaced(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.get(SPECIAL_SIG_KEY) == SPECIAL_SECRET_SIG and _VALUE in value:
        return marked(_replaced(value[_VALUE]))
    return {key: _replaced(each) for key, each in value.items()}
