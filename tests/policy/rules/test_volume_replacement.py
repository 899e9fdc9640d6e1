import datetime as dt
from typing import Any

import pytest

from core.fields import Field
from policies.change import Change
from policies.rule import Verdict
from policies.rules.volume_replacement import VOLUME_REPLACEMENT
from tests.support.judged import exempting

_CLAIM = "kubernetes:core/v1:PersistentVolumeClaim"
_VOLUME = "kubernetes:core/v1:PersistentVolume"
_SET = "kubernetes:apps/v1:StatefulSet"
_NAMESPACE = "kubernetes:core/v1:Namespace"
_DAY = dt.date(2026, 11, 21)
_OLD: dict[str, Any] = {"metadata": {"name": "data", "namespace": "tools"}}


class _UnknownError(Exception):
    """What stands for an unknown value."""


def _change(operation: str, resource_type: str = _CLAIM, old: object = _OLD, **rest: Any) -> Change:  # noqa: ANN401 - any field
    urn = rest.pop("urn", f"urn:pulumi:dev::spt-flow::{resource_type}::data")
    return Change(operation, resource_type, "data", urn, old=Field(old), **rest)


def _judged(*changes: Change, **config: Any) -> Verdict:  # noqa: ANN401 - any setting
    return VOLUME_REPLACEMENT.judge(changes, config, _DAY)


def _sentences(*changes: Change, **config: Any) -> list[str]:  # noqa: ANN401 - any setting
    return [violation.sentence for violation in _judged(*changes, **config).violations]


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        ("replace", "replaced"),
        ("create-replacement", "replaced"),
        ("delete-replaced", "replaced"),
        ("import-replacement", "replaced"),
        ("delete", "deleted"),
    ],
)
def test_what_takes_a_volume_away_is_refused(operation: str, word: str) -> None:
    assert _sentences(_change(operation)) == [
        f"PersistentVolumeClaim 'tools/data' must not be {word}: the data on it would be lost."
    ]
    assert len(_sentences(_change(operation, _VOLUME))) == 1


@pytest.mark.parametrize(
    "operation", ["same", "create", "update", "read", "refresh", "import", "remove-pending-replace"]
)
def test_what_leaves_it_passes(operation: str) -> None:
    assert _judged(_change(operation)) == Verdict()


def test_a_replacement_is_told_once() -> None:
    assert len(_sentences(_change("create-replacement"), _change("replace"), _change("delete-replaced"))) == 1
    assert len(_sentences(_change("delete"), _change("delete", urn="other"))) == 2


def test_a_deletion_that_keeps_the_object_passes_and_a_replacement_does_not() -> None:
    assert _sentences(_change("delete", is_retained=True)) == []
    assert len(_sentences(_change("replace", is_retained=True))) == 1


@pytest.mark.parametrize(("templates", "count"), [([{}], 1), ([], 0), (None, 0)])
def test_sets_that_make_volumes(templates: object, count: int) -> None:
    old = {**_OLD, "spec": {"volumeClaimTemplates": templates}}
    sentences = _sentences(_change("replace", _SET, old))
    assert len(sentences) == count
    wanted = "must not be replaced: it makes volumes of its own, and their data would be lost or left behind."
    assert all(sentence == f"StatefulSet 'tools/data' {wanted}" for sentence in sentences)


def test_namespaces_that_hold_volumes() -> None:
    old = {"metadata": {"name": "tools"}}
    wanted = ["Namespace 'tools' must not be deleted: every volume in it would be lost with it."]
    assert _sentences(_change("delete", _NAMESPACE, old)) == wanted
    assert _sentences(_change("delete", _NAMESPACE, old), namespaces=["tools"]) == wanted
    assert _sentences(_change("delete", _NAMESPACE, old), namespaces=["others"]) == []


def test_an_unknown_name_is_open() -> None:
    class _Values(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            raise _UnknownError

    old = Field({"metadata": _Values()}, unknown_errors=(_UnknownError,))
    verdict = _judged(Change("delete", _NAMESPACE, "x", "urn", old=old), namespaces=["tools"])
    assert (verdict.violations, len(verdict.unknown)) == ([], 1)


def test_a_new_logical_name_without_an_alias_is_a_deletion() -> None:
    assert len(_sentences(_change("create", urn="new", old=None), _change("delete"))) == 1


def test_other_types_and_malformed_objects() -> None:
    assert _sentences(_change("delete", "kubernetes:core/v1:ConfigMap")) == []
    assert _sentences(_change("delete", "random:index/randomPassword:RandomPassword")) == []
    for old in (None, {}, {"metadata": 7}, "x"):
        assert _sentences(_change("delete", old=old)) == [
            "PersistentVolumeClaim 'data' must not be deleted: the data on it would be lost."
        ]


def test_an_exemption_counts_until_its_day() -> None:
    exempt = exempting("PersistentVolumeClaim tools/data")
    verdict = _judged(_change("replace"), exemptions=exempt)
    assert (verdict.violations, len(verdict.exempted)) == ([], 1)
    expired = exempting("PersistentVolumeClaim tools/data", expires="2020-01-01")
    assert "Its exemption ended on 2020-01-01" in _sentences(_change("replace"), exemptions=expired)[0]
