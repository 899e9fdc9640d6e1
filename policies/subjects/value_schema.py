"""Values held against the JSON schema of a chart: keys that it does not know, and values of a kind it cannot take.

The part of JSON schema that such schemas use, over fields that may be unknown; each unknown hides only itself.
"""

__all__ = ["ValueFault", "faults_in"]

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.fields import Field
from policies.findings import Findings

_KEY: Final = re.compile(r"[A-Za-z0-9_./-]{1,80}", re.ASCII)


@dataclass(frozen=True)
class ValueFault:
    """One fault: the path of the value, of well-formed keys alone, and what is wrong as the rest of a sentence."""

    path: str
    complaint: str


def faults_in(values: Field, schema: Mapping[str, Any], findings: Findings) -> Iterator[ValueFault]:
    """Yield the faults of values; what is unknown is noted."""
    yield from _faults(values, schema, schema.get("$defs", {}), "", findings)


def _faults(
    field: Field, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str, findings: Findings
) -> Iterator[ValueFault]:
    if findings.is_open(field):
        return
    options = [_resolved(option, defs) for option in schema.get("anyOf", (schema,))]
    fitting = [option for option in options if _is_of(field, option.get("type"))]
    if not fitting:
        kinds = " or ".join(option["type"] for option in options if option.get("type") != "null")
        yield ValueFault(path, f"must be of type {kinds}: its value is not")
        return
    option = fitting[0]
    if not _satisfies(field, option):
        yield ValueFault(path, "must be one of the values that the chart can take: it is another one")
    if "items" in option:
        for number, item in enumerate(field.items()):
            yield from _faults(item, option["items"], defs, f"{path}[{number}]", findings)
    yield from _faults_of_keys(field, option, defs, path, findings)


def _faults_of_keys(
    field: Field, schema: Mapping[str, Any], defs: Mapping[str, Any], path: str, findings: Findings
) -> Iterator[ValueFault]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for key in schema.get("required", ()):
        if field.get(key).is_missing:
            yield ValueFault(path, f"must have the key {key}: it has none")
    for number, (key, value) in enumerate(field.entries()):
        here = f"{path}.{_shown(key, number)}" if path else _shown(key, number)
        if key in known:
            yield from _faults(value, known[key], defs, here, findings)
        elif others is False:
            yield ValueFault(here, "must go: the chart does not know it and would ignore it")
        elif isinstance(others, Mapping):
            yield from _faults(value, others, defs, here, findings)


def _shown(key: str, number: int) -> str:
    return key if _KEY.fullmatch(key) else f"#{number}"


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _is_of(field: Field, kind: str | None) -> bool:
    tests = {
        "array": field.is_sequence,
        "boolean": field.boolean() is not None,
        "integer": field.integer() is not None,
        "null": field.is_missing,
        "object": field.is_mapping,
        "string": field.text() is not None,
    }
    return kind is None or tests[kind]


def _satisfies(field: Field, schema: Mapping[str, Any]) -> bool:
    number, text = field.integer(), field.text()
    if "enum" in schema and text not in schema["enum"]:
        return False
    if "minimum" in schema and number is not None and number < schema["minimum"]:
        return False
    return "pattern" not in schema or re.search(schema["pattern"], text or "") is not None
