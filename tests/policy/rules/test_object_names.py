from typing import Any

import pytest

from policies.rules.object_names import OBJECT_NAMES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, POD, in_list, workload

_TYPE = "kubernetes:core/v1:ConfigMap"
_RBAC = "kubernetes:rbac.authorization.k8s.io/v1"


def _judged(resource_type: str = _TYPE, **metadata: Any) -> Judged:  # noqa: ANN401 - any metadata
    config = {"exemptions": metadata.pop("exemptions")} if "exemptions" in metadata else {}
    return judged(OBJECT_NAMES, resource_type, {"metadata": {"name": "x", **metadata}}, **config)


@pytest.mark.parametrize(
    ("resource_type", "name"),
    [
        (_TYPE, "a" * 253),
        ("kubernetes:core/v1:Namespace", "a" * 63),
        ("kubernetes:core/v1:Service", "a" * 63),
        ("kubernetes:apps/v1:StatefulSet", "a" * 52),
        ("kubernetes:batch/v1:CronJob", "a" * 52),
        ("kubernetes:batch/v1:Job", "coder-pre-upgrade-dump-2.36.3"),
        ("kubernetes:apps/v1:Deployment", "a.b"),
        (f"{_RBAC}:ClusterRole", "system:Reader_1"),
    ],
)
def test_names_within_the_limits_pass(resource_type: str, name: str) -> None:
    assert _judged(resource_type, name=name) == Judged([], [])


@pytest.mark.parametrize(
    ("resource_type", "name", "words"),
    [
        (_TYPE, "X", "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, "x_y", "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, "x..y", "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, "é", "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, "x\n", "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, "a" * 254, "a DNS subdomain (RFC 1123) as its name: it is none"),
        (_TYPE, 7, "a DNS subdomain (RFC 1123) as its name: it is none"),
        ("kubernetes:core/v1:Namespace", "a.b", "a DNS label (RFC 1123) as its name: it is none"),
        (
            "kubernetes:core/v1:Service",
            "1a",
            "a DNS label that begins with a letter (RFC 1035) as its name: it is none",
        ),
        ("kubernetes:core/v1:Service", "", "a DNS label that begins with a letter (RFC 1035) as its name: it is none"),
        ("kubernetes:apps/v1:StatefulSet", "a.b", "a DNS label (RFC 1123) as its name: it is none"),
        ("kubernetes:apps/v1:StatefulSet", "a" * 53, "a name of at most 52 characters: it has 53"),
        ("kubernetes:batch/v1:CronJob", "a" * 53, "a name of at most 52 characters: it has 53"),
        ("kubernetes:batch/v1:Job", "a" * 40 + "." + "b" * 40, "a name of at most 63 characters: it has 81"),
        (f"{_RBAC}:Role", "a/b", "a path segment as its name: it is none"),
        (f"{_RBAC}:Role", "..", "a path segment as its name: it is none"),
        (f"{_RBAC}:Role", "a%2fb", "a path segment as its name: it is none"),
    ],
)
def test_names_beyond_the_limits(resource_type: str, name: object, words: str) -> None:
    (sentence,) = _judged(resource_type, name=name).sentences
    assert sentence.endswith(f" must have {words}.")


def test_the_namespace_is_a_label() -> None:
    assert len(_judged(namespace="a.b").sentences) == 1
    assert len(_judged(name=None, namespace="a.b").sentences) == 1
    assert _judged(namespace="tools") == Judged([], [])


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"a b": "x"}, "label keys that are qualified names, such as example.com/name: label #0 has another"),
        ({"A.b/c/d": "x"}, "label keys that are qualified names, such as example.com/name: label #0 has another"),
        ({"/x": "x"}, "label keys that are qualified names, such as example.com/name: label #0 has another"),
        ({"x": "a" * 64}, "a label's value (at most 63 letters, digits, '-', '_', '.') in x: it has another"),
        ({"x": "-a"}, "a label's value (at most 63 letters, digits, '-', '_', '.') in x: it has another"),
        ({"x": 7}, "a label's value (at most 63 letters, digits, '-', '_', '.') in x: it has another"),
        ({"x": True}, "a label's value (at most 63 letters, digits, '-', '_', '.') in x: it has another"),
        ("x", "labels that are an object: they are none"),
        (["x"], "labels that are an object: they are none"),
    ],
)
def test_labels(labels: object, words: str) -> None:
    assert _judged(labels=labels).sentences == [f"ConfigMap 'x' must have {words}."]


def test_good_labels_and_annotations_pass() -> None:
    labels = {"x": "", "example.com/A_b.c": "A-b_c.1", "a" * 63: "a" * 63}
    assert _judged(labels=labels, annotations={"Example.com/x": "any text at all"}) == Judged([], [])


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        ({"a b": "x"}, "annotation keys that are qualified names, such as example.com/name: annotation #0 has another"),
        ({"x": 7}, "a string in the annotation x: its value is none"),
        ({"x": {"a": "b"}}, "a string in the annotation x: its value is none"),
        ({"x": "é" * 131_072}, "annotations of at most 262144 bytes together: they have 262145"),
        ("x", "annotations that are an object: they are none"),
    ],
)
def test_annotations(annotations: object, words: str) -> None:
    assert _judged(annotations=annotations).sentences == [f"ConfigMap 'x' must have {words}."]


def test_a_key_that_is_none_is_not_repeated() -> None:
    sentences = _judged(labels={"a b": "-"}, annotations={"c d": 7}).sentences
    assert len(sentences) == 4
    assert "in #0: it has another." in sentences[1]
    assert sentences[3].endswith("a string in the annotation #0: its value is none.")


def test_annotations_at_the_limit_pass() -> None:
    assert _judged(annotations={"x": "a" * 262_143}) == Judged([], [])
    assert len(_judged(annotations={"x": "a" * 131_072, "y": "a" * 131_071, "z": ""}).sentences) == 1


def test_containers_and_the_pods_of_workloads() -> None:
    spec = {"containers": [{"name": "main"}, {"name": "Main"}], "initContainers": [{}]}
    body = workload(DEPLOYMENT, spec, pod_metadata={"labels": {"x": 7}})
    assert judged(OBJECT_NAMES, DEPLOYMENT, body).sentences == [
        (
            "The pods of Deployment 'thing' must have a label's value "
            "(at most 63 letters, digits, '-', '_', '.') in x: it has another."
        ),
        "The container #1 of Deployment 'thing' must have a DNS label as its name: it has none.",
        "The init container #0 of Deployment 'thing' must have a DNS label as its name: it has none.",
    ]


def test_a_pod_is_judged_once() -> None:
    assert len(judged(OBJECT_NAMES, POD, {"metadata": {"name": "x", "labels": {"x": 7}}, "spec": {}}).sentences) == 1


def test_what_is_missing_is_another_rules() -> None:
    for body in ({}, {"metadata": None}, {"metadata": {"name": None}}):
        assert judged(OBJECT_NAMES, _TYPE, body) == Judged([], [])


def test_unknown_values_hide_only_themselves() -> None:
    for metadata in (
        {"name": UNKNOWN, "labels": {"x": 7}},
        {"labels": UNKNOWN, "name": "X"},
        {"labels": {"x": UNKNOWN}, "name": "X"},
        {"annotations": {"x": UNKNOWN}, "name": "X"},
    ):
        found = _judged(**metadata)
        assert (len(found.sentences), len(found.open)) == (1, 1)


def test_a_secret_is_in_no_message() -> None:
    mark = f"no name: {SECRET_MARK}"
    found = _judged(name=secret(mark), labels={mark: secret(mark)}, annotations={mark: 7})
    assert len(found.sentences) == 5
    assert SECRET_MARK not in "".join(found.sentences)


def test_lists_other_types_and_exemptions() -> None:
    assert len(judged(OBJECT_NAMES, *in_list(_TYPE, {"metadata": {"name": "X"}}, typed=True)).sentences) == 1
    assert (
        judged(OBJECT_NAMES, "random:index/randomPassword:RandomPassword", {"metadata": {"name": "X"}}).sentences == []
    )
    assert _judged(labels={"x": 7}, exemptions=exempting("ConfigMap x")).sentences == []
    assert len(_judged(labels={"x": 7}, exemptions=exempting("ConfigMap x", expires="2020-01-01")).sentences) == 1
