"""Which changes replace an object."""

from typing import Any

import pytest

from lab.plugins.kubernetes.difference import compare
from lab.plugins.kubernetes.replacement import Mutability, replacing_fields

_POD: dict[str, Any] = {"containers": [{"name": "a", "image": "one"}]}


def _object(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - as programs write them
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **fields}


def _replaces(old: dict[str, Any], new: dict[str, Any], mutability: Mutability | None = None) -> list[str]:
    changes = compare(old, new, replacing_fields(new, mutability or Mutability()))
    assert changes, "the case has no change at all"
    return [path for path, change in changes.items() if change.kind.replaces]


_CASES: list[tuple[str, str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("v1", "ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}, ["data.a"]),
    ("v1", "ConfigMap", {"binaryData": {"a": "1"}}, {}, ["binaryData"]),
    ("v1", "ConfigMap", {}, {"immutable": True}, []),
    ("v1", "Secret", {"data": {"a": "1"}}, {"data": {"a": "1", "b": "2"}}, ["data.b"]),
    ("v1", "Secret", {"type": "Opaque"}, {"type": "other"}, ["type"]),
    ("v1", "Service", {"spec": {"clusterIP": "10.0.0.1"}}, {"spec": {"clusterIP": "10.0.0.2"}}, ["spec.clusterIP"]),
    ("v1", "Service", {"spec": {"type": "ClusterIP"}}, {"spec": {"type": "NodePort"}}, []),
    (
        "v1",
        "Pod",
        {"spec": _POD},
        {"spec": {"containers": [{"name": "a", "image": "two"}]}},
        ["spec.containers[0].image"],
    ),
    ("v1", "Pod", {"spec": _POD}, {"spec": {**_POD, "activeDeadlineSeconds": 5}}, []),
    ("v1", "Pod", {"spec": _POD}, {"spec": {**_POD, "restartPolicy": "Never"}}, ["spec.restartPolicy"]),
    (
        "v1",
        "Pod",
        {"spec": _POD},
        {"spec": {"containers": [*_POD["containers"], {"name": "b", "image": "two"}]}},
        ["spec.containers[1]"],
    ),
    (
        "v1",
        "PersistentVolumeClaim",
        {"spec": {"storageClassName": "a"}},
        {"spec": {"storageClassName": "b"}},
        ["spec.storageClassName"],
    ),
    (
        "v1",
        "PersistentVolumeClaim",
        {"spec": {"resources": {"requests": {"storage": "1Gi"}}}},
        {"spec": {"resources": {"requests": {"storage": "2Gi"}}}},
        [],
    ),
    (
        "v1",
        "PersistentVolume",
        {"spec": {"hostPath": {"path": "/a"}}},
        {"spec": {"hostPath": {"path": "/b"}}},
        ["spec.hostPath.path"],
    ),
    ("v1", "ResourceQuota", {"spec": {"scopes": ["a"]}}, {"spec": {"scopes": ["b"]}}, ["spec.scopes[0]"]),
    ("v1", "ResourceQuota", {"spec": {"hard": {"pods": "1"}}}, {"spec": {"hard": {"pods": "2"}}}, []),
    (
        "apps/v1",
        "Deployment",
        {"spec": {"selector": {"matchLabels": {"a": "1"}}}},
        {"spec": {"selector": {"matchLabels": {"a": "2"}}}},
        ["spec.selector.matchLabels.a"],
    ),
    ("apps/v1", "Deployment", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, []),
    ("apps/v1", "Deployment", {}, {"spec": {"selector": {"matchLabels": {"a": "1"}}}}, ["spec"]),
    ("apps/v1", "StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, ["spec.serviceName"]),
    (
        "apps/v1",
        "StatefulSet",
        {"spec": {"volumeClaimTemplates": [{"spec": {"a": 1}}]}},
        {"spec": {"volumeClaimTemplates": [{"spec": {"a": 2}}]}},
        ["spec.volumeClaimTemplates[0].spec.a"],
    ),
    ("apps/v1", "StatefulSet", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, []),
    ("apps/v1", "DaemonSet", {"spec": {"selector": {"a": 1}}}, {"spec": {"selector": {"a": 2}}}, ["spec.selector.a"]),
    ("batch/v1", "Job", {"spec": {"template": {"a": 1}}}, {"spec": {"template": {"a": 2}}}, ["spec.template.a"]),
    ("batch/v1", "Job", {"spec": {"backoffLimit": 1}}, {"spec": {"backoffLimit": 2}}, []),
    ("batch/v1", "CronJob", {"spec": {"schedule": "a"}}, {"spec": {"schedule": "b"}}, []),
    (
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        {"roleRef": {"name": "a"}},
        {"roleRef": {"name": "b"}},
        ["roleRef.name"],
    ),
    ("rbac.authorization.k8s.io/v1", "Role", {"rules": [1]}, {"rules": [2]}, []),
    ("storage.k8s.io/v1", "StorageClass", {"provisioner": "a"}, {"provisioner": "b"}, ["provisioner"]),
    ("storage.k8s.io/v1", "StorageClass", {"parameters": {"a": "1"}}, {}, ["parameters"]),
    ("example.com/v1", "Deployment", {"spec": {"selector": 1}}, {"spec": {"selector": 2}}, []),
]


@pytest.mark.parametrize(("api_version", "kind", "old", "new", "expected"), _CASES)
def test_rules(api_version: str, kind: str, old: dict[str, Any], new: dict[str, Any], expected: list[str]) -> None:
    assert _replaces(_object(api_version, kind, **old), _object(api_version, kind, **new)) == expected


@pytest.mark.parametrize("field", ["name", "namespace"])
def test_identity_replaces_any_kind(field: str) -> None:
    old = {"apiVersion": "example.com/v1", "kind": "Any", "metadata": {"name": "x", "namespace": "y"}}
    new = {**old, "metadata": {"name": "x", "namespace": "y", field: "z"}}
    assert _replaces(old, new) == [f"metadata.{field}"]


def test_settings_let_data_change_in_place() -> None:
    mutability = Mutability(config_maps=True, secrets=True)
    for kind in ("ConfigMap", "Secret"):
        assert _replaces(_object("v1", kind, data={"a": "1"}), _object("v1", kind, data={"a": "2"}), mutability) == []
    changed = _object("v1", "ConfigMap", data={"a": "2"}, immutable=True)
    assert _replaces(_object("v1", "ConfigMap", data={"a": "1"}), changed, mutability) == ["data.a"]
    retyped = _replaces(_object("v1", "Secret", type="a"), _object("v1", "Secret", type="b"), mutability)
    assert retyped == ["type"]


def test_a_patch_is_replaced_for_its_identity_only() -> None:
    new = _object("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"a": "1"}}})
    assert replacing_fields(new, Mutability(), patch=True) == ("metadata.name", "metadata.namespace")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("limits", "cpu"), "1000m", "1"),
        (("limits", "cpu"), 1, "1000m"),
        (("requests", "memory"), "1Gi", "1024Mi"),
        (("hard", "requests.cpu"), "0.5", "500m"),
    ],
)
def test_equal_amounts_are_no_change(path: tuple[str, str], old: object, new: object) -> None:
    before = _object("v1", "Thing", spec={path[0]: {path[1]: old}})
    assert compare(before, _object("v1", "Thing", spec={path[0]: {path[1]: new}}), ()) == {}


def test_amounts_elsewhere_are_text() -> None:
    before, after = _object("v1", "ConfigMap", data={"cpu": "1000m"}), _object("v1", "ConfigMap", data={"cpu": "1"})
    assert list(compare(before, after, ())) == ["data.cpu"]


def test_ignored_paths_do_not_count() -> None:
    before, after = _object("v1", "A", data={"a": "1", "ab": "1"}), _object("v1", "A", data={"a": "2", "ab": "2"})
    assert list(compare(before, after, (), ["data.a"])) == ["data.ab"]
    assert compare(before, after, (), ["data"]) == {}
