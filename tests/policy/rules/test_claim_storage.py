from typing import Any

import pytest

from policies.rules.claim_storage import CLAIM_STORAGE
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import WORKLOAD_KINDS, in_list, workload

_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
_SET = "kubernetes:apps/v1:StatefulSet"
_CONFIG: dict[str, Any] = {
    "minStorage": "1Gi",
    "maxStorage": "10Gi",
    "maxStorageByNamespace": {"big": "1Ti"},
    "classes": ["fast", "slow"],
}


def _spec(storage: object = "5Gi", storage_class: object = "fast") -> dict[str, object]:
    return {"resources": {"requests": {"storage": storage}}, "storageClassName": storage_class}


def _judged(spec: object, namespace: object = "tools", annotations: object = None, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    metadata = {"name": "data", "namespace": namespace, "annotations": annotations}
    return judged(CLAIM_STORAGE, _CLAIM, {"metadata": metadata, "spec": spec}, **{**_CONFIG, **config})


@pytest.mark.parametrize("storage", ["1Gi", "10Gi", "10240Mi", "5e9", 5_000_000_000])
def test_a_claim_within_the_bounds_passes(storage: object) -> None:
    assert _judged(_spec(storage)) == Judged([], [])


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        (None, "request an amount of storage: it requests none"),
        ("much", "request storage as a Kubernetes quantity: its value is none"),
        ({"amount": 1}, "request storage as a Kubernetes quantity: its value is none"),
        (True, "request storage as a Kubernetes quantity: its value is none"),
        ("1023Mi", "request at least 1Gi of storage: it requests 1023Mi"),
        ("-5Gi", "request at least 1Gi of storage: it requests -5Gi"),
        ("10241Mi", "request at most 10Gi of storage: it requests 10241Mi"),
        ("1e30", "request at most 10Gi of storage: it requests 1e30"),
    ],
)
def test_sizes(storage: object, words: str) -> None:
    assert _judged(_spec(storage)).sentences == [f"PersistentVolumeClaim 'tools/data' must {words}."]


@pytest.mark.parametrize(
    ("storage_class", "words"),
    [
        (None, "name a storage class (fast, slow): it names none"),
        ("", "be of an allowed storage class (fast, slow): it names another"),
        ("Fast", "be of an allowed storage class (fast, slow): it names another"),
        (["fast"], "be of an allowed storage class (fast, slow): it names another"),
    ],
)
def test_classes(storage_class: object, words: str) -> None:
    assert _judged(_spec(storage_class=storage_class)).sentences == [
        f"PersistentVolumeClaim 'tools/data' must {words}."
    ]


def test_the_default_class_where_the_stack_takes_it() -> None:
    assert _judged(_spec(storage_class=None), defaultClass=True).sentences == []
    (sentence,) = _judged(_spec(storage_class="odd"), defaultClass=True, classes=[]).sentences
    assert sentence.endswith("must be of an allowed storage class (none by name): it names another.")


def test_the_annotation_of_old_is_no_way_round() -> None:
    assert _judged(_spec(), annotations={"example.com/storage-class": "odd"}) == Judged([], [])
    found = _judged(_spec(), annotations={"volume.beta.kubernetes.io/storage-class": "odd"})
    assert found.sentences == [
        (
            "PersistentVolumeClaim 'tools/data' must name its class in spec.storageClassName: "
            "it does so in an annotation of old."
        )
    ]


@pytest.mark.parametrize("spec", [None, {}, "x", [], 7])
def test_a_claim_without_a_spec_lacks_both(spec: object) -> None:
    assert len(_judged(spec).sentences) == 2


def test_the_namespace_decides_the_maximum() -> None:
    assert _judged(_spec("500Gi"), "big").sentences == []
    assert len(_judged(_spec("2Ti"), "big").sentences) == 1
    found = _judged(_spec("500Gi"), UNKNOWN)
    assert (found.sentences, len(found.open)) == ([], 1)
    assert "at most 1Ti" in _judged(_spec("2Ti"), UNKNOWN).sentences[0]
    assert _judged(_spec("10Gi"), UNKNOWN) == Judged([], [])


def test_claim_templates_and_ephemeral_volumes() -> None:
    body = workload(_SET, {}, namespace="tools")
    body["spec"]["volumeClaimTemplates"] = [{"spec": _spec()}, {"spec": _spec("99Gi")}]
    assert judged(CLAIM_STORAGE, _SET, body, **_CONFIG).sentences == [
        "The claim template #1 of StatefulSet 'tools/thing' must request at most 10Gi of storage: it requests 99Gi."
    ]
    for resource_type in WORKLOAD_KINDS:
        volumes = [{"name": "x"}, {"name": "y", "ephemeral": {"volumeClaimTemplate": {"spec": _spec("99Gi")}}}]
        body = workload(resource_type, {"volumes": volumes}, namespace="tools")
        (sentence,) = judged(CLAIM_STORAGE, resource_type, body, **_CONFIG).sentences
        assert sentence.startswith("The ephemeral volume #1 of ")


def test_unknown_values_hide_only_themselves() -> None:
    for spec in (_spec(UNKNOWN, "odd"), _spec("99Gi", UNKNOWN)):
        found = _judged(spec)
        assert (len(found.sentences), len(found.open)) == (1, 1)
    assert len(_judged(_spec("99Gi"), annotations=UNKNOWN).open) == 1
    body = workload(_SET, {"volumes": UNKNOWN}, namespace="tools")
    body["spec"]["volumeClaimTemplates"] = UNKNOWN
    assert len(judged(CLAIM_STORAGE, _SET, body, **_CONFIG).open) == 1


def test_lists_other_types_and_exemptions() -> None:
    resource_type, props = in_list(_CLAIM, {"metadata": {"name": "data", "namespace": "tools"}, "spec": {}})
    assert len(judged(CLAIM_STORAGE, resource_type, props, **_CONFIG).sentences) == 2
    assert judged(CLAIM_STORAGE, "kubernetes:core/v1:ConfigMap", {"spec": {}}, **_CONFIG) == Judged([], [])
    exempt = exempting("PersistentVolumeClaim tools/data")
    assert _judged({}, exemptions=exempt).sentences == []
    expired = exempting("PersistentVolumeClaim tools/data", expires="2020-01-01")
    assert len(_judged({}, exemptions=expired).sentences) == 2
