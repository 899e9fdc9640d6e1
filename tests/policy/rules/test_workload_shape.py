from typing import Any

import pytest

from policies.rules.workload_shape import WORKLOAD_SHAPE
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod
from tests.support.workload_kinds import DEPLOYMENT, POD, WORKLOAD_KINDS, workload

_BENCH = RuleBench(WORKLOAD_SHAPE)
_CONTAINER = "The container 'main' of Deployment 'coder/thing' must have"
_POD = "The pod of Deployment 'coder/thing' must have"
_OBJECT, _OBJECTS = "an object", "a list of objects"
_TEXTS, _MAP = "a list of texts", "an object of texts"
_WRONG: dict[str, list[object]] = {
    _OBJECT: ["", "x", 0, 1, True, [], [{}]],
    _OBJECTS: ["", "x", 0, {}, {"a": {}}, [None], ["x"], [{}, []], True],
    _TEXTS: ["x", 1, {}, [None], [1], ["x", True], [["x"]]],
    _MAP: ["x", [], {"a": 1}, {"a": None}, {"a": "b", "c": True}, {"a": {}}],
}


def _nested(path: str, value: object) -> dict[str, Any]:
    *way, last = path.split(".")
    result: dict[str, Any] = {last: value}
    for key in reversed(way):
        result = {key: result}
    return result


def _rows(*rows: tuple[str, str]) -> list[tuple[str, str, object]]:
    return [(path, shape, value) for path, shape in rows for value in _WRONG[shape]]


@pytest.mark.parametrize(
    ("path", "shape", "value"),
    _rows(
        ("securityContext", _OBJECT),
        ("securityContext.capabilities", _OBJECT),
        ("securityContext.capabilities.add", _TEXTS),
        ("securityContext.capabilities.drop", _TEXTS),
        ("securityContext.seccompProfile", _OBJECT),
        ("securityContext.appArmorProfile", _OBJECT),
        ("securityContext.seLinuxOptions", _OBJECT),
        ("securityContext.windowsOptions", _OBJECT),
        ("resources", _OBJECT),
        ("resources.limits", _OBJECT),
        ("resources.requests", _OBJECT),
        ("resources.claims", _OBJECTS),
        ("ports", _OBJECTS),
        ("env", _OBJECTS),
        ("envFrom", _OBJECTS),
        ("command", _TEXTS),
        ("args", _TEXTS),
        ("volumeMounts", _OBJECTS),
        ("volumeDevices", _OBJECTS),
        ("livenessProbe", _OBJECT),
        ("readinessProbe.httpGet", _OBJECT),
        ("startupProbe.tcpSocket", _OBJECT),
        ("lifecycle", _OBJECT),
        ("lifecycle.preStop", _OBJECT),
        ("lifecycle.postStart.httpGet", _OBJECT),
    ),
)
def test_fields_of_a_container_have_their_shape(path: str, shape: str, value: object) -> None:
    name = path.rpartition(".")[2]
    assert _BENCH.of_container(_nested(path, value)) == [f"{_CONTAINER} {shape} as its {name}: it is something else."]


@pytest.mark.parametrize(
    ("path", "shape", "value"),
    _rows(
        ("securityContext", _OBJECT),
        ("securityContext.seccompProfile", _OBJECT),
        ("securityContext.sysctls", _OBJECTS),
        ("initContainers", _OBJECTS),
        ("ephemeralContainers", _OBJECTS),
        ("resourceClaims", _OBJECTS),
        ("resources.limits", _OBJECT),
    ),
)
def test_fields_of_a_pod_have_their_shape(path: str, shape: str, value: object) -> None:
    name = path.rpartition(".")[2]
    assert f"{_POD} {shape} as its {name}: it is something else." in _BENCH.of_pod(_nested(path, value))


@pytest.mark.parametrize("value", ["", "x", 5, {"name": "x"}, [None], ["x"]])
def test_volumes_are_objects(value: object) -> None:
    assert _BENCH.of_pod({"volumes": value}) == [f"{_POD} a list of objects as its volumes: it is something else."]


@pytest.mark.parametrize("source", ["/dev", 1, [], True])
def test_sources_of_volumes_are_objects(source: object) -> None:
    start = "The volume 'x' of Deployment 'coder/thing' must have an object as its"
    assert _BENCH.of_pod({"volumes": [{"name": "x", "hostPath": source}]}) == [
        f"{start} hostPath: it is something else."
    ]
    two = compliant_pod(compliant_container(), compliant_container(), volumes=[{"name": "x", "a b": source}])
    assert _BENCH.sentences(two) == [f"{start} part of it: it is something else."]


@pytest.mark.parametrize("key", ["labels", "annotations"])
@pytest.mark.parametrize("value", _WRONG[_MAP])
def test_labels_and_annotations_are_texts(key: str, value: object) -> None:
    assert _BENCH.sentences(compliant_pod(), pod_metadata={key: value}) == [
        f"Deployment 'coder/thing' must have an object of texts as its {key}: it is something else."
    ]


@pytest.mark.parametrize("containers", ["x", 1, {"main": {}}, [None], ["x"], True])
def test_containers_are_a_list_of_objects(containers: object) -> None:
    found = _BENCH.sentences({**compliant_pod(), "containers": containers})
    assert found == [f"{_POD} a list of objects as its containers: it is something else."]


@pytest.mark.parametrize("containers", [None, []])
def test_a_pod_has_containers(containers: object) -> None:
    assert _BENCH.sentences({**compliant_pod(), "containers": containers}) == [f"{_POD} containers: it has none."]


@pytest.mark.parametrize("kind", WORKLOAD_KINDS)
@pytest.mark.parametrize("spec", [None, "x", [], 1])
def test_a_workload_has_a_pod(kind: str, spec: object) -> None:
    title = f"{kind.rpartition(':')[2]} 'coder/thing'"
    assert _BENCH.sentences(spec, resource_type=kind) == [f"{title} must have the spec of a pod: it has none."]


@pytest.mark.parametrize(
    "body", [{}, {"spec": None}, {"spec": []}, {"spec": {"template": "x"}}, {"spec": {"template": []}}]
)
def test_a_template_that_is_none_has_no_pod(body: dict[str, object]) -> None:
    (sentence,) = _BENCH.told_of(DEPLOYMENT, body)
    assert sentence == "Deployment 'thing' must have the spec of a pod: it has none."


@pytest.mark.parametrize("metadata", ["x", [], 1])
def test_metadata_is_an_object(metadata: object) -> None:
    found = _BENCH.told_of(POD, {"metadata": metadata, "spec": compliant_pod()})
    assert "Pod 'thing' must have an object as its metadata: it is something else." in found
    assert _BENCH.told_of(DEPLOYMENT, {**workload(DEPLOYMENT, compliant_pod()), "metadata": metadata}) == [
        "Deployment 'thing' must have an object as its metadata: it is something else."
    ]
    body = workload(DEPLOYMENT, compliant_pod(), namespace="coder")
    body["spec"]["template"]["metadata"] = metadata
    assert _BENCH.told_of(DEPLOYMENT, body) == [
        "Deployment 'coder/thing' must have an object as its metadata: it is something else."
    ]


def test_what_is_unknown_inside_a_field_may_be_right() -> None:
    container = compliant_container(args=[UNKNOWN, "x"], ports=[UNKNOWN, {}])
    spec = compliant_pod(container, volumes=[{"name": UNKNOWN, "emptyDir": {}}])
    assert _BENCH.findings(spec, pod_metadata={"labels": {"a": UNKNOWN}, "annotations": {"b": UNKNOWN}}) == []


@pytest.mark.parametrize(
    "spec", [UNKNOWN, {**compliant_pod(), "containers": UNKNOWN}, {**compliant_pod(), "volumes": UNKNOWN}]
)
def test_what_is_unknown_as_a_whole_is_open(spec: object) -> None:
    assert _BENCH.levels(spec) == ["ADVISORY"]
