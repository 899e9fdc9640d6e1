from typing import Any

import pytest

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rules.object_labels import OBJECT_LABELS, RequiredLabels, check
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import POD, WORKLOAD_KINDS, in_list, workload

_TYPE = "kubernetes:core/v1:ConfigMap"
_APP = "app.kubernetes.io"
_GOOD = {
    f"{_APP}/name": "web",
    f"{_APP}/component": "server",
    f"{_APP}/part-of": "spt-flow",
    f"{_APP}/managed-by": "pulumi",
}
_WORKSPACE = {
    f"{_APP}/name": "coder-workspace",
    f"{_APP}/instance": "coder-1",
    f"{_APP}/part-of": "coder",
    "com.coder.resource": "true",
    "com.coder.workspace.id": "1",
    "com.coder.workspace.name": "demo",
    "com.coder.user.id": "2",
    "com.coder.user.username": "alice",
}


def _judged(labels: object, namespace: str = "tools", annotations: object = None, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    metadata = {"name": "x", "namespace": namespace, "labels": labels, "annotations": annotations}
    return judged(OBJECT_LABELS, _TYPE, {"metadata": metadata}, **{"workspaceNamespaces": ["homes"], **config})


def test_the_recommended_labels_pass() -> None:
    assert _judged({**_GOOD, "more": "x"}) == Judged([], [])


@pytest.mark.parametrize("key", _GOOD)
@pytest.mark.parametrize("value", [None, ""])
def test_each_is_needed(key: str, value: object) -> None:
    wanted = [f"ConfigMap 'tools/x' must have the label {key}: it has none."]
    assert _judged({**_GOOD, key: value}).sentences == wanted


@pytest.mark.parametrize("labels", [None, {}, "labels", ["a"], 7])
def test_what_is_no_labels_lacks_all(labels: object) -> None:
    assert len(_judged(labels).sentences) == 4


def test_some_have_one_value() -> None:
    assert _judged({**_GOOD, f"{_APP}/managed-by": "Helm"}).sentences == [
        f"ConfigMap 'tools/x' must have pulumi in the label {_APP}/managed-by: it has another value."
    ]
    body = {"metadata": {"name": "x", "labels": {"team": "c"}}}
    assert judged(OBJECT_LABELS, _TYPE, body, labels={"team": ["a", "b"]}).sentences == [
        "ConfigMap 'x' must have a or b in the label team: it has another value."
    ]


@pytest.mark.parametrize("resource_type", [kind for kind in WORKLOAD_KINDS if kind != POD])
def test_the_pods_of_workloads_need_them_too(resource_type: str) -> None:
    for pod_metadata, count in (({"labels": _GOOD}, 0), ({"labels": {}}, 4), (None, 4)):
        body = workload(resource_type, {}, namespace="tools", pod_metadata=pod_metadata)
        body["metadata"]["labels"] = _GOOD
        sentences = judged(OBJECT_LABELS, resource_type, body).sentences
        assert len(sentences) == count
        assert all(sentence.startswith("The pods of ") for sentence in sentences)


def test_a_pod_is_judged_once_also_in_a_list() -> None:
    body = {"metadata": {"name": "x", "namespace": "tools"}, "spec": {}}
    assert len(judged(OBJECT_LABELS, POD, body).sentences) == 4
    assert len(judged(OBJECT_LABELS, *in_list(POD, body, typed=True)).sentences) == 4


def test_objects_of_a_workspace() -> None:
    annotations = {"com.coder.user.email": "alice@example.com"}
    assert _judged(_WORKSPACE, "homes", annotations) == Judged([], [])
    assert _judged(_WORKSPACE, "homes").sentences == [
        "ConfigMap 'homes/x' must have the annotation com.coder.user.email: it has none."
    ]
    for key in _WORKSPACE.keys() - {"com.coder.resource"}:
        assert len(_judged({**_WORKSPACE, key: None}, "homes", annotations).sentences) == 1
    # Elsewhere the mark changes nothing.
    assert len(_judged(_WORKSPACE, "tools", annotations).sentences) == 3


def test_what_a_chart_renders_has_helms_labels() -> None:
    labels = {f"{_APP}/name": "coder", f"{_APP}/part-of": "coder", f"{_APP}/managed-by": "Helm"}
    for found, count in ((labels, 0), (_GOOD, 1), ({}, 3)):
        findings = Findings()
        body = Field({"metadata": {"name": "coder", "namespace": "coder", "labels": found}})
        resource = Resource(_TYPE, "x", body, origin="rendered by Release 'coder'")
        check(resource, RequiredLabels.from_config({}), findings)
        assert len(findings.violations) == count


def test_what_is_no_value_is_another_rules() -> None:
    assert _judged({**_GOOD, f"{_APP}/part-of": 7}) == Judged([], [])
    assert _judged({**_GOOD, f"{_APP}/part-of": "not a value"}) == Judged([], [])


def test_unknown_values_hide_only_themselves() -> None:
    for unknown, missing in (("name", "component"), ("component", "name")):
        found = _judged({**_GOOD, f"{_APP}/{unknown}": UNKNOWN, f"{_APP}/{missing}": None})
        assert (len(found.sentences), len(found.open)) == (1, 1)
    assert len(_judged(UNKNOWN).open) == 1
    assert len(_judged(_WORKSPACE, "homes", UNKNOWN).open) == 1


def test_other_types_and_exemptions() -> None:
    assert judged(OBJECT_LABELS, "random:index/randomPassword:RandomPassword", {}) == Judged([], [])
    assert judged(OBJECT_LABELS, "kubernetes:helm.sh/v3:Release", {}) == Judged([], [])
    assert _judged({}, exemptions=exempting("ConfigMap tools/x")).sentences == []
    assert len(_judged({}, exemptions=exempting("ConfigMap tools/x", expires="2020-01-01")).sentences) == 4
