"""Field managers."""

from typing import Any

from lab.plugins.kubernetes.ownership import created_by, field_manager, has_manager, owned_by_others_only, take_over

_OURS = "pulumi-kubernetes-12345678"


def _entry(manager: str, operation: str, fields: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def _live(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"managedFields": list(entries)}}


def test_the_manager_comes_from_annotation_state_or_urn() -> None:
    urn = "urn:pulumi:dev::project::kubernetes:core/v1:ConfigMap::settings"
    derived = field_manager(urn)
    assert derived == field_manager(urn) != field_manager(urn.replace("dev", "prod"))
    assert derived.startswith("pulumi-kubernetes-")
    assert len(derived) == len(_OURS)
    assert field_manager(urn, "recorded") == "recorded"
    named = {"metadata": {"annotations": {"pulumi.com/patchFieldManager": "named"}}}
    assert field_manager(urn, "recorded", named) == "named"


def test_a_first_apply_takes_over_what_creation_owns() -> None:
    live = _live(_entry(_OURS, "Update", {"f:data": {"f:a": {}}}))
    assert created_by(live, _OURS)
    assert take_over(live, _OURS) == [_entry(_OURS, "Apply", {"f:data": {"f:a": {}}})]


def test_kubectl_is_followed_and_its_fields_are_merged() -> None:
    own = _entry(_OURS, "Apply", {"f:data": {"f:a": {}}})
    edit = _entry("kubectl-edit", "Update", {"f:data": {"f:b": {}}})
    other = _entry("controller", "Update", {"f:data": {"f:c": {}}})
    assert take_over(_live(own, edit, other), _OURS) == [
        other,
        _entry(_OURS, "Apply", {"f:data": {"f:a": {}, "f:b": {}}}),
    ]


def test_others_and_subresources_are_left_alone() -> None:
    status = _entry("kubectl", "Update", {"f:status": {}}, subresource="status")
    assert take_over(_live(_entry("controller", "Update", {}), status, _entry(_OURS, "Apply", {})), _OURS) is None


def test_who_owns_a_field() -> None:
    live = _live(
        _entry(_OURS, "Apply", {"f:spec": {"f:a": {}, "f:b": {}}}),
        _entry("scaler", "Update", {"f:spec": {"f:b": {}, "f:replicas": {}}}),
    )
    assert owned_by_others_only(live, ("spec", "replicas"), _OURS)
    assert not owned_by_others_only(live, ("spec", "b"), _OURS)
    assert not owned_by_others_only(live, ("spec", "nobody"), _OURS)
    assert has_manager(live, _OURS)
    assert not has_manager(live, "pulumi-kubernetes-99999999")
