from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from tests.support.workload_kinds import DEPLOYMENT, POD, in_list, workload

_SPEC = {"containers": [{"name": "main"}]}


def _resource(resource_type: str, props: dict[str, Any]) -> Resource:
    return Resource(resource_type, "logical", Field(unknown_checking_proxy(props), unknown_errors=(UnknownValueError,)))


def _manifests(resource_type: str, props: dict[str, Any]) -> list[Manifest]:
    findings = Findings()
    found = list(_resource(resource_type, props).manifests(findings))
    assert findings == Findings()
    return found


def _kinds(resource_type: str, props: dict[str, Any]) -> list[str]:
    return [f"{found.group}/{found.version} {found.subject}" for found in _manifests(resource_type, props)]


def test_an_object_is_known_by_its_type_where_it_says_nothing_itself() -> None:
    assert _kinds(POD, {"metadata": {"name": "a"}}) == ["core/v1 Pod a"]
    assert _kinds(DEPLOYMENT, {"metadata": {"name": "a", "namespace": "b"}}) == ["apps/v1 Deployment b/a"]


def test_an_object_that_says_it_is_something_else_is_judged_as_both() -> None:
    props = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": _SPEC}
    assert _kinds("kubernetes:core/v1:ConfigMap", props) == ["core/v1 ConfigMap a", "core/v1 Pod a"]
    assert _kinds("kubernetes:apps/v1:Pod", props) == ["apps/v1 Pod a", "core/v1 Pod a"]


def test_a_patch_is_not_judged_as_the_whole_object() -> None:
    props = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}
    assert _kinds(f"{DEPLOYMENT}Patch", props) == ["apps/v1 DeploymentPatch a"]


@pytest.mark.parametrize(
    "token", ["kubernetes:helm.sh/v3:Release", "kubernetes:yaml:ConfigFile", "aws:core/v1:Pod", "Pod", ""]
)
def test_what_is_no_object_of_the_api_server_is_passed_over(token: str) -> None:
    assert _manifests(token, {"metadata": {"name": "a"}, "spec": _SPEC}) == []


def test_lists_of_anything_and_of_one_kind_are_opened_in_order() -> None:
    bodies = [workload(DEPLOYMENT, _SPEC, name=name, namespace="x") for name in ("a", "b")]
    expected = ["apps/v1 Deployment x/a", "apps/v1 Deployment x/b"]
    assert _kinds(*in_list(DEPLOYMENT, *bodies)) == expected
    assert _kinds(*in_list(DEPLOYMENT, *bodies, typed=True)) == expected


def test_an_element_of_a_typed_list_that_says_it_is_something_else_is_judged_as_both() -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "spec": _SPEC}
    assert _kinds("kubernetes:core/v1:PodList", {"items": [body]}) == ["core/v1 Pod a", "core/v1 ConfigMap a"]


def test_lists_in_lists_are_opened_however_deep() -> None:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "deep"}}
    for _ in range(5000):
        body = {"apiVersion": "v1", "kind": "List", "items": [body]}
    resource = Resource("kubernetes:core/v1:List", "logical", Field(body))
    assert [str(found.subject) for found in resource.manifests(Findings())] == ["Pod deep"]


def test_a_kind_that_only_ends_like_a_list_is_an_object() -> None:
    assert _kinds("kubernetes:example.com/v1:AllowList", {"metadata": {"name": "a"}, "spec": {}}) == [
        "example.com/v1 AllowList a"
    ]


def test_an_element_without_a_name_is_called_by_its_place() -> None:
    assert _kinds("kubernetes:core/v1:PodList", {"items": [{"spec": {}}]}) == ["core/v1 Pod logical[0]"]


def test_an_element_without_a_kind_is_no_object() -> None:
    assert _kinds("kubernetes:core/v1:List", {"items": [{"spec": {}}, None, "x", 3]}) == []


@pytest.mark.parametrize(
    ("items", "seen"),
    [
        (UNKNOWN_STRING_VALUE, []),
        ([UNKNOWN_STRING_VALUE, {"kind": "Pod", "metadata": {"name": "a"}}], ["Pod a"]),
        ([{"kind": UNKNOWN_STRING_VALUE}, {"kind": "Pod", "metadata": {"name": "a"}}], ["Pod a"]),
    ],
)
def test_what_hides_objects_is_noted_each_time_they_are_asked_for(items: object, seen: list[str]) -> None:
    resource = _resource("kubernetes:core/v1:List", {"items": items})
    for _ in range(2):
        findings = Findings()
        assert [str(found.subject) for found in resource.manifests(findings)] == seen
        assert len(findings.unknown) == 1


@pytest.mark.parametrize("name", [UNKNOWN_STRING_VALUE, "Not A Name", None, 3, ["a"]])
def test_an_object_whose_name_is_not_known_is_never_the_one_a_list_names(name: object) -> None:
    (found,) = _manifests(POD, {"metadata": {"name": name}})
    assert str(found.subject) == "Pod logical"
    assert not found.subject.is_one_of(["Pod logical"])


@pytest.mark.parametrize("namespace", [UNKNOWN_STRING_VALUE, "Not A Name", 3])
def test_nor_is_one_whose_namespace_is_not_known(namespace: object) -> None:
    (found,) = _manifests(POD, {"metadata": {"name": "a", "namespace": namespace}})
    assert not found.subject.is_one_of(["Pod a"])


def test_an_object_that_is_named_is_the_one() -> None:
    (found,) = _manifests(POD, {"metadata": {"name": "a", "namespace": "b"}})
    assert found.subject.is_one_of({"Pod b/a"})
    assert not found.subject.is_one_of({"Pod a", "Pod b/ab"})
