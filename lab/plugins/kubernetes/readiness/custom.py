"""Readiness as the program itself defines it, by the annotation `pulumi.com/waitFor`."""

__all__ = ["parse"]

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from lab.plugins.kubernetes.annotations import WAIT_FOR
from lab.plugins.kubernetes.manifest import Manifest, generation_of, pluck
from lab.plugins.kubernetes.readiness.verdict import Judge, Surroundings, Verdict, conditions

_STEP = re.compile(
    r"""
    \.?\[\*\] | \.\*                                          # [*], .*: every element
    | \[(?P<index>-?\d+)\]                                    # [0]
    | \[\?\(@\.(?P<field>[\w.-]+)\s*==\s*(?P<literal>'[^']*'|"[^"]*"|[\w.-]+)\)\]   # [?(@.type=="Ready")]
    | \[(?P<quoted>'[^']+'|"[^"]+")\]                         # ['a.b']
    | \.?(?P<name>(?:[\w-]|\\\.)+)                            # .a, .a\.b
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class _JsonPath:
    """`jsonpath={.path}` or `jsonpath={.path}=value`."""

    text: str
    steps: tuple[re.Match[str], ...]
    wanted: str | None

    def met(self, manifest: Manifest) -> bool:
        found = list(_walk([manifest], self.steps))
        if self.wanted is None:
            return bool(found)
        return any(_spell(value) == self.wanted for value in found)


@dataclass(frozen=True)
class _Condition:
    """`condition=Type` or `condition=Type=Status`."""

    text: str
    type: str
    status: str

    def met(self, manifest: Manifest) -> bool:
        return str(conditions(manifest).get(self.type, {}).get("status", "")).lower() == self.status.lower()


def _spell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _walk(values: list[Any], steps: tuple[re.Match[str], ...]) -> Iterator[Any]:
    for step in steps:
        values = [found for value in values for found in _step(value, step)]
    yield from values


def _step(value: Any, step: re.Match[str]) -> Iterator[Any]:  # noqa: ANN401 - a field may hold anything
    key = step["name"].replace("\\.", ".") if step["name"] else (step["quoted"] or "")[1:-1]
    if key:
        if isinstance(value, dict) and key in value:
            yield value[key]
    elif step["index"] is not None:
        if isinstance(value, list) and -len(value) <= int(step["index"]) < len(value):
            yield value[int(step["index"])]
    elif step["field"]:
        wanted = step["literal"].strip("'\"")
        for item in value if isinstance(value, list) else []:
            if _spell(pluck(item, *step["field"].split("."))) == wanted:
                yield item
    else:
        yield from value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()


def _parse_json_path(text: str) -> _JsonPath:
    expression = text.removeprefix("jsonpath=")
    body, brace, rest = expression.removeprefix("{").partition("}") if expression.startswith("{") else ("", "", "")
    if not brace or not body or (rest and not rest.startswith("=")):
        raise UsageError(
            f"The annotation '{WAIT_FOR}' has '{text}'; allowed is 'jsonpath={{.path}}' with or without '=value'."
        )
    steps, position = [], 0
    while position < len(body):
        step = _STEP.match(body, position)
        if step is None:
            raise UsageError(
                f"The annotation '{WAIT_FOR}' has '{text}', a path that is not understood at '{body[position:]}'."
            )
        steps.append(step)
        position = step.end()
    return _JsonPath(text, tuple(steps), rest[1:].strip("'\"") if rest else None)


def _parse_one(text: str) -> _JsonPath | _Condition:
    if text.startswith("jsonpath="):
        return _parse_json_path(text)
    if text.startswith("condition=") and text != "condition=":
        name, _, status = text.removeprefix("condition=").partition("=")
        return _Condition(text, name, status or "True")
    raise UsageError(f"The annotation '{WAIT_FOR}' has '{text}'; it must start with 'jsonpath=' or 'condition='.")


def parse(written: str) -> Judge:
    """Return the readiness function of an annotation: one expression, or a JSON list of which all must hold.

    Raise UsageError for anything else.
    """
    try:
        listed = json.loads(written)
    except ValueError:
        listed = [written]
    texts = listed if isinstance(listed, list) and all(isinstance(one, str) for one in listed) else [written]
    if not texts:
        raise UsageError(f"The annotation '{WAIT_FOR}' is an empty list; it needs at least one condition.")
    wishes = [_parse_one(text) for text in texts]

    def judge(manifest: Manifest, _surroundings: Surroundings) -> Verdict:
        seen = pluck(manifest, "status", "observedGeneration")
        if isinstance(seen, int) and seen < generation_of(manifest):
            return Verdict(ready=False, status="Waiting for the controller", reasons=("Its controller lags behind.",))
        missing = [wish.text for wish in wishes if not wish.met(manifest)]
        if not missing:
            return Verdict(ready=True)
        reasons = tuple(f"The wish '{text}' of the annotation '{WAIT_FOR}' is not met." for text in missing)
        return Verdict(ready=False, status=f"Waiting for {missing[0]}", reasons=reasons)

    return judge
