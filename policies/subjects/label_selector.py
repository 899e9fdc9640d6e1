"""Label selectors, as the API server reads them."""

__all__ = ["selects"]

from collections.abc import Mapping
from typing import Final

from core.fields import Field

_NEGATIVE: Final = frozenset({"NotIn", "DoesNotExist"})


def selects(selector: Field, labels: Field, *, extra: Mapping[str, str]) -> bool | None:
    """Say whether the selector chooses what has the labels, and `extra` that the API server adds.

    A selector that is missing or empty chooses everything. None: some value that decides is unknown.
    """
    if selector.unknown is not None:
        return None
    verdicts = [_equals(_label(key, labels, extra), value) for key, value in selector.get("matchLabels").entries()]
    verdicts += [_holds(expression, labels, extra) for expression in selector.get("matchExpressions").items()]
    for key in ("matchLabels", "matchExpressions"):
        if selector.get(key).unknown is not None:
            verdicts.append(None)
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _label(key: str, labels: Field, extra: Mapping[str, str]) -> Field:
    return Field(extra[key]) if key in extra else labels.get(key)


def _equals(label: Field, value: Field) -> bool | None:
    if label.unknown is not None or value.unknown is not None:
        return None
    return label.text() is not None and label.value == value.value


def _holds(expression: Field, labels: Field, extra: Mapping[str, str]) -> bool | None:
    key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values")
    listed = list(values.items())
    if any(field.unknown is not None for field in (expression, key, operator, values, *listed)):
        return None
    label = _label(key.text() or "", labels, extra)
    if label.unknown is not None:
        return None
    if operator.value in ("Exists", "DoesNotExist"):
        return label.is_missing is (operator.value == "DoesNotExist")
    if operator.value not in ("In", "NotIn"):
        return False
    inside = label.text() is not None and label.value in [each.value for each in listed]
    return inside is (operator.value not in _NEGATIVE)
