from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from core.fields import Field
from core.workloads import pods_of

_SPEC = {
    "initContainers": [{"name": "setup"}, {"name": "proxy", "restartPolicy": "Always"}],
    "containers": [{"name": "main"}, {"name": "Not A Name"}, {}],
    "ephemeralContainers": [{"name": "debug"}],
}
_POD = {"metadata": {"labels": {"a": "b"}}, "spec": _SPEC}
_TITLES = [
    "container 'main'",
    "container #1",
    "container #2",
    "init container 'setup'",
    "sidecar container 'proxy'",
    "ephemeral container 'debug'",
]
_WORKLOADS: dict[str, dict[str, Any]] = {
    "core/v1:Pod": _POD,
    "core/v1:PodTemplate": {"template": _POD},
    "core/v1:ReplicationController": {"spec": {"template": _POD}},
    "apps/v1:DaemonSet": {"spec": {"template": _POD}},
    "apps/v1:Deployment": {"spec": {"template": _POD}},
    "apps/v1:ReplicaSet": {"spec": {"template": _POD}},
    "apps/v1:StatefulSet": {"spec": {"template": _POD}},
    "apps/v1beta2:Deployment": {"spec": {"template": _POD}},
    "extensions/v1beta1:Deployment": {"spec": {"template": _POD}},
    "batch/v1:Job": {"spec": {"template": _POD}},
    "batch/v1:CronJob": {"spec": {"jobTemplate": {"spec": {"template": _POD}}}},
}


def _titles(group_kind: str, body: object) -> list[str]:
    group_version, _, kind = group_kind.partition(":")
    pods = pods_of(group_version.partition("/")[0], kind, Field(body, unknown_errors=(UnknownValueError,)))
    return [container.title for pod in pods for container in pod.containers()]


@pytest.mark.parametrize("behind", [dict, MappingProxyType, unknown_checking_proxy])
@pytest.mark.parametrize("kind", _WORKLOADS)
def test_sees_every_container_of_every_workload(kind: str, behind: Any) -> None:  # noqa: ANN401 - three proxies
    assert _titles(kind, behind(_WORKLOADS[kind])) == _TITLES


@pytest.mark.parametrize("kind", ["core/v1:Service", "apps/v1:Pod", "Pod", "", "core/v1:List", "pods/v1:Pod"])
def test_passes_over_what_is_no_workload(kind: str) -> None:
    assert _titles(kind, _POD) == []


@pytest.mark.parametrize(
    "props",
    [{}, {"spec": None}, {"spec": "x"}, {"spec": {"containers": None}}, {"spec": {"containers": "xyz"}}, None, []],
)
def test_malformed_pods_have_no_containers(props: object) -> None:
    assert _titles("core/v1:Pod", props) == []


def test_the_template_metadata_belongs_to_the_view() -> None:
    (pod,) = pods_of("apps", "Deployment", Field({"metadata": {}, "spec": {"template": _POD}}))
    assert pod.metadata.get("labels", "a").text() == "b"


def _view(props: Mapping[str, Any]) -> Field:
    return Field(unknown_checking_proxy(dict(props)), unknown_errors=(UnknownValueError,))


def test_an_unknown_hides_only_its_own_field() -> None:
    field = _view({"a": UNKNOWN_STRING_VALUE, "b": [UNKNOWN_STRING_VALUE, "known"], "c": {"d": 1}})
    assert field.get("a").unknown is not None
    assert field.get("a").value is None
    assert not field.get("a").is_missing
    assert field.get("a", "below").unknown is not None
    first, second = field.get("b").items()
    assert (first.unknown is not None, second.text()) == (True, "known")
    assert field.get("c", "d").value == 1
    assert field.get("c", "e").is_missing
    assert field.get("x", "y").is_missing
    assert second.path == "b[1]"


def test_an_error_that_is_not_named_is_not_swallowed() -> None:
    with pytest.raises(UnknownValueError):
        Field(unknown_checking_proxy({"a": UNKNOWN_STRING_VALUE})).get("a")


def test_containers_that_cannot_be_seen_are_told() -> None:
    props = {"spec": {"containers": UNKNOWN_STRING_VALUE, "initContainers": [{"name": "seen"}]}}
    (pod,) = pods_of("core", "Pod", _view(props))
    assert [container.title for container in pod.containers()] == ["init container 'seen'"]
    assert [field.unknown is not None for field in pod.lists()] == [True, False, False]
