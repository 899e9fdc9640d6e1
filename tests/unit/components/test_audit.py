"""Who may read the logs of pods."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pulumi
import pytest

from components.audit import build_reader_binding, build_reader_role, declare_audit
from settings import Settings, SettingsError
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.apiserver import ApiServer
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_GROUP: Final = "oidc:auditors"
_NAMESPACE: Final = "audited"


def _declared(settings: Settings) -> dict[str, Registered]:
    return declare(lambda: declare_audit(settings, pulumi.ResourceOptions()))


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden("audit", [build_reader_role("coder"), build_reader_binding("coder", _GROUP)])


def test_nobody_reads_unless_a_group_is_named() -> None:
    assert _declared(sample_settings("staging")) == {}


def test_a_group_reads_in_every_namespace_of_the_platform() -> None:
    found = _declared(sample_settings("prod", auditReaderGroup=_GROUP))
    bindings = [each for each in found.values() if each.type.endswith(":RoleBinding")]
    assert {each.inputs["metadata"]["namespace"] for each in bindings} == {"coder", "coder-workspace", "spt-system"}
    for binding in bindings:
        assert [each["name"] for each in binding.inputs["subjects"]] == [_GROUP]


def test_the_policies_have_nothing_against_it() -> None:
    found = _declared(sample_settings("prod", auditReaderGroup=_GROUP))
    items = [
        StackItem(each.type, each.inputs, each.name) for each in found.values() if each.type.startswith("kubernetes:")
    ]
    assert len(items) == 6
    analyzer = PackAnalyzer.of_stack("prod")
    assert [found for item in items for found in analyzer.analyze(item.type, item.props, item.name)] == []


@pytest.mark.parametrize("group", ["system:authenticated", "system:masters", " auditors", "a\nb"])
def test_groups_that_are_not_people_are_refused(group: str) -> None:
    with pytest.raises(SettingsError, match="auditReaderGroup"):
        sample_settings("prod", auditReaderGroup=group)


@pytest.fixture(scope="module")
def reading(apiserver: ApiServer) -> Iterator[Callable[..., bool]]:
    """Yield what says whether somebody of the group may do something on a real API server."""
    api = "/apis/rbac.authorization.k8s.io/v1"
    apiserver.request("POST", "/api/v1/namespaces", {"metadata": {"name": _NAMESPACE}})
    apiserver.request("POST", f"{api}/namespaces/{_NAMESPACE}/roles", build_reader_role(_NAMESPACE))
    apiserver.request("POST", f"{api}/namespaces/{_NAMESPACE}/rolebindings", build_reader_binding(_NAMESPACE, _GROUP))

    def may(verb: str, resource: str, subresource: str = "", *, group: str = _GROUP) -> bool:
        asked = {"verb": verb, "resource": resource, "subresource": subresource, "namespace": _NAMESPACE}
        review = {"spec": {"user": "somebody", "groups": [group], "resourceAttributes": asked}}
        answer = apiserver.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        return bool(answer["status"]["allowed"])

    yield may
    apiserver.request("DELETE", f"/api/v1/namespaces/{_NAMESPACE}")


def test_they_read_logs_and_nothing_else(reading: Callable[..., bool]) -> None:
    assert reading("list", "pods")
    assert reading("get", "pods", "log")
    assert not reading("get", "pods", "log", group="others")
    for verb, resource, subresource in (
        ("get", "secrets", ""),
        ("list", "secrets", ""),
        ("get", "configmaps", ""),
        ("create", "pods", "exec"),
        ("get", "pods", "exec"),
        ("create", "pods", "attach"),
        ("get", "pods", "portforward"),
        ("delete", "pods", ""),
        ("patch", "pods", "ephemeralcontainers"),
    ):
        assert not reading(verb, resource, subresource), (verb, resource, subresource)
