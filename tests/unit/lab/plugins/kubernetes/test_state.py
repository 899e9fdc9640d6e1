"""State, secrecy, normalization and drift."""

import base64
from typing import Any

import pytest

from lab.plugins.kubernetes import state
from lab.plugins.kubernetes.drift import inputs_of_unknown_origin, refreshed_inputs, without_dropped
from lab.plugins.kubernetes.manifest import to_manifest, to_properties
from lab.plugins.kubernetes.normalization import normalize
from lab.plugins.protocol.values import UNKNOWN, Secret


def test_state_reads_back() -> None:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}
    live = {**inputs, "metadata": {"name": "a", "uid": "1"}}
    outputs = state.compose(inputs, live, {"data": {"k": Secret("v")}}, api_version="v1", manager="m")
    assert outputs["data"] == {"k": Secret("v")}
    assert outputs["__inputs"]["data"] == {"k": Secret("v")}
    assert state.read(outputs) == state.Checkpoint(inputs, live, "v1", "m")


@pytest.mark.parametrize(
    ("outputs", "inputs", "expected"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": Secret(1)}}, {"a": {"b": Secret(1), "c": 2}}),
        ({"a": {"b": 1}}, {"a": Secret({"b": 1})}, {"a": Secret({"b": 1})}),
        ({"a": [1, 2]}, {"a": [1, Secret(2)]}, {"a": Secret([1, 2])}),
        ({"a": 1}, {"gone": Secret(2)}, {"a": 1}),
        ({"kind": "Secret", "data": {"k": "v"}}, {}, {"kind": "Secret", "data": Secret({"k": "v"})}),
        ({"kind": "Secret", "stringData": Secret("v")}, {}, {"kind": "Secret", "stringData": Secret("v")}),
    ],
)
def test_secrecy_follows_the_inputs(outputs: dict[str, Any], inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert state.mark_secrets(outputs, inputs) == expected


def test_names_no_language_can_spell() -> None:
    properties = {"spec": [{"x_kubernetes_int_or_string": Secret(value=True)}]}
    manifest = to_manifest(properties)
    assert manifest == {"spec": [{"x-kubernetes-int-or-string": True}]}
    assert to_properties(manifest) == {"spec": [{"x_kubernetes_int_or_string": True}]}


def _secret(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - as programs write them
    return {"apiVersion": "v1", "kind": "Secret", **fields}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (_secret(stringData={"a": "x"}), _secret(data={"a": base64.b64encode(b"x").decode()})),
        (_secret(stringData={"a": "x"}, data={"a": "b2xk", "b": "Yg=="}), _secret(data={"a": "eA==", "b": "Yg=="})),
        (_secret(data={"a": "eA==\n"}), _secret(data={"a": "eA=="})),
        (_secret(data={"a": "not base64"}), _secret(data={"a": "not base64"})),
        (_secret(stringData={"a": UNKNOWN}), _secret(stringData={"a": UNKNOWN})),
        (_secret(type="Opaque"), _secret(type="Opaque")),
        ({"kind": "A", "metadata": {"uid": "1", "name": "a"}}, {"kind": "A", "metadata": {"name": "a"}}),
    ],
)
def test_normalization(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert normalize(given) == expected
    assert normalize(expected) == expected


_RECORDED = {"spec": {"cpu": "1", "replicas": 2, "list": [{"a": "1", "default": "x"}], "extra": True}}
_INPUTS = {"spec": {"cpu": "1000m", "hidden": False, "replicas": 2, "list": [{"a": 1}]}}


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (_RECORDED, _INPUTS),
        ({"spec": {**_RECORDED["spec"], "replicas": 5}}, {"spec": {**_INPUTS["spec"], "replicas": 5}}),
        ({"spec": {**_RECORDED["spec"], "new": 1}}, _INPUTS),
        (
            {"spec": {key: value for key, value in _RECORDED["spec"].items() if key != "replicas"}},
            {"spec": {key: value for key, value in _INPUTS["spec"].items() if key != "replicas"}},
        ),
        (
            {"spec": {**_RECORDED["spec"], "list": [{"a": "2", "default": "x"}]}},
            {"spec": {**_INPUTS["spec"], "list": [{"a": "2"}]}},
        ),
        ({"spec": {**_RECORDED["spec"], "list": []}}, {"spec": {**_INPUTS["spec"], "list": []}}),
        ({"spec": {**_RECORDED["spec"], "hidden": True}}, {"spec": {**_INPUTS["spec"], "hidden": True}}),
    ],
)
def test_a_refresh_takes_what_changed_and_keeps_the_programs_spelling(
    live: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert refreshed_inputs(_INPUTS, _RECORDED, live) == expected


def test_empty_values_the_server_drops_are_not_sent_again() -> None:
    inputs = {"parameters": {}, "spec": {"items": [{"off": False, "emptyDir": {}}], "new": {}, "selector": {}}}
    before = {"parameters": {}, "spec": {"items": [{"off": False, "emptyDir": {}}], "selector": {}}}
    live: dict[str, Any] = {"spec": {"items": [{"emptyDir": {}}], "selector": {}}}
    assert without_dropped(inputs, before, live) == {"spec": {"items": [{"emptyDir": {}}], "new": {}, "selector": {}}}
    assert without_dropped(inputs, {}, {}) == inputs


def test_inputs_of_an_object_no_program_knows() -> None:
    live = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "a",
            "uid": "1",
            "managedFields": [],
            "annotations": {"deployment.kubernetes.io/revision": "3"},
        },
        "spec": {"replicas": 1},
        "status": {"replicas": 1},
    }
    assert inputs_of_unknown_origin(live) == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "a"},
        "spec": {"replicas": 1},
    }
