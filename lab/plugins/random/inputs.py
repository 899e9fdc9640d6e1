"""What inputs a type of random value has, and the checks all types share."""

__all__ = ["Input", "check_inputs", "complete"]

from collections.abc import Mapping
from dataclasses import dataclass

from lab.plugins.protocol.results import CheckFailure
from lab.plugins.protocol.values import UNKNOWN, Properties, Value


@dataclass(frozen=True)
class Input:
    """One input: its Python type, the default it gets, the least value of a number."""

    kind: type
    required: bool = False
    default: Value = None
    least: int | None = None


_WORDS = {bool: "a boolean", int: "an integer", str: "a string", list: "a list of strings", dict: "an object"}


def check_inputs(given: Properties, inputs: Mapping[str, Input]) -> list[CheckFailure]:
    """Return what is wrong with the given inputs, one by one."""
    failures = [
        CheckFailure(name, f"there is no input of this name; there are: {', '.join(inputs)}")
        for name in given
        if name not in inputs and not name.startswith("__") and name != "version"
    ]
    for name, declared in inputs.items():
        value = given.get(name)
        if value is None:
            if declared.required:
                failures.append(CheckFailure(name, "it is missing, but is required"))
        elif value is not UNKNOWN and (problem := _problem(value, declared)):
            failures.append(CheckFailure(name, problem))
    return failures


def complete(given: Properties, inputs: Mapping[str, Input]) -> Properties:
    """Return the inputs with defaults filled in; those without value or default are left out."""
    merged = {name: declared.default if given.get(name) is None else given[name] for name, declared in inputs.items()}
    return {name: value for name, value in merged.items() if value is not None}


def _problem(value: Value, declared: Input) -> str:
    right = type(value) is declared.kind  # not isinstance: True is no integer here
    if right and declared.kind is list:
        right = all(isinstance(item, str) or item is UNKNOWN for item in value)
    if not right:
        return f"it must be {_WORDS[declared.kind]}"
    if declared.least is not None and value < declared.least:
        return f"it is {value}, but must be at least {declared.least}"
    return ""
