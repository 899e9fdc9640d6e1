"""Configuration of every rule: what is left out is what its schema says, and every property is read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema
import pytest

from policies.pack import CHANGE_RULES, RULES
from policies.rule import Rule

_EVERY: Final[list[Rule[Any]]] = [*RULES, *CHANGE_RULES]
# Values that no schema's default is; each property takes the first ones that suit it.
_SAMPLES: Final[tuple[Any, ...]] = (
    "3",
    "baseline",
    "CronJob elsewhere/other",
    "Sat",
    "10:00-18:00",
    "Europe/Berlin",
    17,
    ["other"],
    ["KILL"],
    ["Deployment elsewhere/other"],
    ["CronJob elsewhere/other"],
    ["DeploymentPatch elsewhere/other"],
    ["Role elsewhere/other"],
    ["NodePort Service elsewhere/other"],
    ["Gateway elsewhere/other plain"],
    ["https://charts.example.com"],
    ["192.0.2.0/24"],
    ["example.com/device"],
    {"elsewhere": "3"},
    {"elsewhere": "baseline"},
    {"elsewhere": ["other"]},
    {"elsewhere": ["KILL"]},
    {"elsewhere": {"maxCpu": "3"}},
    {"elsewhere": {"maxMemory": "3"}},
    {"name": "example.com/other", "value": "true"},
    {"name": "spt-flow.dev/kvm", "value": "other"},
    [{"resource": "DaemonSet spt-system/other", "paths": ["/run/other"], "reason": "a reason long enough"}],
    [
        {
            "role": "Role elsewhere/other",
            "apiGroup": "",
            "resource": "secrets",
            "verbs": ["get"],
            "reason": "a reason long enough",
        }
    ],
)


def _suiting(schema: Mapping[str, Any]) -> Iterator[Any]:
    if schema["type"] == "boolean":
        yield not schema["default"]
    for sample in _SAMPLES:
        if jsonschema.Draft7Validator(dict(schema)).is_valid(sample) and sample != schema.get("default"):
            yield sample


@pytest.mark.parametrize("rule", _EVERY, ids=lambda rule: rule.words.name)
def test_what_is_left_out_is_what_the_schema_says(rule: Rule[Any]) -> None:
    defaults = {key: schema["default"] for key, schema in rule.properties.items()}
    assert rule.read({}) == rule.read(defaults)
    for left_out in defaults:
        assert rule.read({key: value for key, value in defaults.items() if key != left_out}) == rule.read(defaults)


@pytest.mark.parametrize(
    ("rule", "key"),
    [(rule, key) for rule in _EVERY for key in rule.properties],
    ids=lambda value: value if isinstance(value, str) else value.words.name,
)
def test_every_property_is_read(rule: Rule[Any], key: str) -> None:
    samples = list(_suiting(rule.properties[key]))
    assert samples
    understood = [rule.read({key: sample}) for sample in samples]
    assert rule.read({}) not in understood
    assert all(one != other for number, one in enumerate(understood) for other in understood[:number])
