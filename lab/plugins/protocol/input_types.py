"""Checking inputs by their types, in the words of the editions' failures; what is not known yet passes."""

__all__ = ["boolean", "string", "typed", "unwrap"]

from collections.abc import Callable

from lab.plugins.protocol.values import UNKNOWN, Output, Secret, Value


def unwrap(value: Value) -> Value:
    """Return the value without the Secret and Output wrappers around it; what is inside of it keeps its own."""
    while isinstance(value, Secret | Output):
        value = value.value
    return value


def typed(expected: type, wanted: str) -> Callable[[Value], str]:
    """Return a check that says what is wrong with a value that is neither absent, unknown nor of the type."""

    def check(value: Value) -> str:
        value = unwrap(value)
        fine = value is None or value is UNKNOWN or isinstance(value, expected)
        return "" if fine else f"it is {_kind(value)}, but must be {wanted}"

    return check


string = typed(str, "a string")
boolean = typed(bool, "a boolean")


def _kind(value: Value) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), f"of kind {type(value).__name__}")
