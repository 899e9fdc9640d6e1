from typing import Any

import pytest

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rules.object_identity import OBJECT_IDENTITY, check
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPE = "kubernetes:core/v1:ConfigMap"


def _judged(resource_type: str = _TYPE, **metadata: Any) -> Judged:  # noqa: ANN401 - any metadata
    config = {"exemptions": metadata.pop("exemptions")} if "exemptions" in metadata else {}
    props = {"metadata": {"name": "x", "namespace": "tools", **metadata}}
    return judged(OBJECT_IDENTITY, resource_type, props, **config)


def test_explicit_names_pass() -> None:
    assert _judged() == Judged([], [])
    assert _judged(annotations={"pulumi.com/skipAwait": "true"}, labels={"a": "b"}) == Judged([], [])
    assert _judged("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", namespace=None) == Judged([], [])
    assert _judged("kubernetes:core/v1:Namespace", namespace=None) == Judged([], [])


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"name": None}, "have a name of its own: metadata.name is missing or no string"),
        ({"name": ""}, "have a name of its own: metadata.name is missing or no string"),
        ({"name": 7}, "have a name of its own: metadata.name is missing or no string"),
        ({"generateName": "x-"}, "have a name of its own: it has generateName"),
        ({"name": None, "generateName": "x-"}, "have a name of its own: it has generateName"),
        ({"annotations": {"pulumi.com/autonamed": "true"}}, "have a name of its own: Pulumi has made one up"),
        ({"namespace": None}, "name its namespace: metadata.namespace is missing or no string"),
        ({"namespace": ""}, "name its namespace: metadata.namespace is missing or no string"),
        ({"namespace": ["tools"]}, "name its namespace: metadata.namespace is missing or no string"),
        ({"namespace": "default"}, "be in a namespace of the platform: it is in default"),
    ],
)
def test_what_is_left_to_chance(metadata: dict[str, Any], words: str) -> None:
    (sentence,) = _judged(**metadata).sentences
    assert sentence.startswith("ConfigMap '")
    assert sentence.endswith(f" must {words}.")


@pytest.mark.parametrize("body", [{}, {"metadata": None}, {"metadata": "x"}])
def test_without_metadata_both_are_missing(body: dict[str, object]) -> None:
    assert len(judged(OBJECT_IDENTITY, _TYPE, body).sentences) == 2


def test_kinds_that_are_not_known_have_a_namespace() -> None:
    assert len(_judged("kubernetes:example.com/v1:Thing", namespace=None).sentences) == 1


def test_what_a_chart_renders_may_leave_its_namespace_to_helm() -> None:
    findings = Findings()
    resource = Resource(_TYPE, "x", Field({"metadata": {"name": "x"}}), origin="rendered by Release 'coder'")
    check(resource, {}, findings)
    assert findings.violations == []


@pytest.mark.parametrize(
    ("props", "sentences"),
    [
        ({"name": "coder", "namespace": "coder"}, []),
        ({"name": "coder"}, ["Release 'thing' must name its namespace: it names none."]),
        ({"name": "", "namespace": "coder"}, ["Release 'thing' must name its name: it names none."]),
        ({"name": "coder", "namespace": "default"}, ["Release 'thing' must name its namespace: it is default."]),
    ],
)
def test_releases(props: dict[str, object], sentences: list[str]) -> None:
    assert judged(OBJECT_IDENTITY, "kubernetes:helm.sh/v3:Release", props).sentences == sentences


@pytest.mark.parametrize(
    ("metadata", "count"),
    [
        ({"name": UNKNOWN, "namespace": None}, 1),
        ({"name": UNKNOWN}, 0),
        ({"namespace": UNKNOWN, "name": None}, 1),
        ({"annotations": UNKNOWN, "generateName": "x"}, 1),
        ({"generateName": UNKNOWN, "namespace": "default"}, 1),
    ],
)
def test_unknown_values_hide_only_themselves(metadata: dict[str, Any], count: int) -> None:
    found = _judged(**metadata)
    assert (len(found.sentences), len(found.open)) == (count, 1)


def test_lists_other_types_and_exemptions() -> None:
    assert len(judged(OBJECT_IDENTITY, *in_list(_TYPE, {"metadata": {}})).sentences) == 2
    assert judged(OBJECT_IDENTITY, "random:index/randomPassword:RandomPassword", {}) == Judged([], [])
    assert _judged(generateName="x", exemptions=exempting("ConfigMap tools/x")).sentences == []
    expired = exempting("ConfigMap tools/x", expires="2020-01-01")
    assert len(_judged(generateName="x", exemptions=expired).sentences) == 1
