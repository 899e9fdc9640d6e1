import copy
from typing import Any

import pytest

from policies.rules.namespace_guards import NAMESPACE_GUARDS
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, exempting, judged_stack

_QUOTA = "kubernetes:core/v1:ResourceQuota"
_LIMITS = "kubernetes:core/v1:LimitRange"
_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_HARD = {"requests.cpu": "1", "requests.memory": "1Gi", "limits.cpu": "1", "limits.memory": "1Gi"}
_AMOUNTS = {"cpu": "1", "memory": "1Gi"}
_SPECS: dict[str, dict[str, Any]] = {
    _QUOTA: {"hard": _HARD},
    _LIMITS: {"limits": [{"type": "Container", "default": _AMOUNTS, "defaultRequest": _AMOUNTS, "max": _AMOUNTS}]},
    _POLICY: {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
}
_TITLES = {
    _QUOTA: "a ResourceQuota that bounds CPU and memory of all its pods",
    _LIMITS: "a LimitRange with default, defaultRequest and max of cpu and memory for containers",
    _POLICY: "a NetworkPolicy that denies all ingress and egress by default",
}


def _namespace(name: object = "tools") -> StackItem:
    return StackItem("kubernetes:core/v1:Namespace", {"metadata": {"name": name}}, "namespace")


def _guards(changed: str = "", spec: object = None, namespace: object = "tools") -> list[StackItem]:
    """Return all three guards, one of them with another spec (None leaves it out) or in another namespace."""
    items = []
    for kind, own in _SPECS.items():
        props: dict[str, Any] = {"metadata": {"name": "x", "namespace": "tools"}, "spec": copy.deepcopy(own)}
        if kind == changed:
            props = {"metadata": {"name": "x", "namespace": namespace}, "spec": own if spec == "same" else spec}
        items.append(StackItem(kind, props, kind))
    return items


def _judged(*items: StackItem, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged_stack(NAMESPACE_GUARDS, list(items), **config)


def test_a_guarded_namespace_passes() -> None:
    assert _judged(_namespace(), *_guards()) == Judged([], [])


def test_a_bare_namespace_lacks_all_three() -> None:
    sentences = [f"Namespace 'tools' must have {title}: it has none." for title in _TITLES.values()]
    assert _judged(_namespace()).sentences == sentences


def test_guards_of_another_namespace_do_not_count() -> None:
    assert len(_judged(_namespace("other"), _namespace(), *_guards()).sentences) == 3


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (_QUOTA, None),
        (_QUOTA, {"hard": {}}),
        (_QUOTA, {"hard": {**_HARD, "limits.memory": "much"}}),
        (_QUOTA, {"hard": {**_HARD, "requests.cpu": None}}),
        (_QUOTA, {"hard": _HARD, "scopes": ["Terminating"]}),
        (_QUOTA, {"hard": _HARD, "scopeSelector": {"matchExpressions": [{"scopeName": "BestEffort"}]}}),
        (_QUOTA, "1"),
        (_LIMITS, None),
        (_LIMITS, {"limits": []}),
        (_LIMITS, {"limits": [{"type": "Pod", "max": _AMOUNTS}]}),
        (_LIMITS, {"limits": [{"type": "Container", "default": _AMOUNTS, "max": _AMOUNTS}]}),
        (_LIMITS, {"limits": {"type": "Container"}}),
        (_POLICY, None),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Egress", "Egress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": "Ingress,Egress"}),
        (_POLICY, {"podSelector": {"matchLabels": {"a": "b"}}, "policyTypes": ["Ingress", "Egress"]}),
        (_POLICY, {"podSelector": {"matchExpressions": [{"key": "a"}]}, "policyTypes": ["Ingress", "Egress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}]}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"to": []}]}),
        (_POLICY, {"podSelector": "all", "policyTypes": ["Ingress", "Egress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": "none"}),
    ],
)
def test_what_only_looks_like_a_guard_is_none(kind: str, spec: object) -> None:
    wanted = [f"Namespace 'tools' must have {_TITLES[kind]}: it has none."]
    assert _judged(_namespace(), *_guards(kind, spec)).sentences == wanted


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (
            _POLICY,
            {"podSelector": {"matchLabels": {}}, "policyTypes": ["Egress", "Ingress"], "ingress": [], "egress": []},
        ),
        (_QUOTA, {"hard": {**_HARD, "pods": "3"}, "scopes": []}),
        (_QUOTA, {"hard": {**_HARD, "limits.cpu": "0"}}),
    ],
)
def test_other_ways_to_say_the_same(kind: str, spec: object) -> None:
    assert _judged(_namespace(), *_guards(kind, spec)) == Judged([], [])


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (_QUOTA, UNKNOWN),
        (_QUOTA, {"hard": {**_HARD, "limits.cpu": UNKNOWN}}),
        (_QUOTA, {"hard": _HARD, "scopes": UNKNOWN}),
        (_LIMITS, {"limits": UNKNOWN}),
        (_LIMITS, {"limits": [{**_SPECS[_LIMITS]["limits"][0], "type": UNKNOWN}]}),
        (_POLICY, UNKNOWN),
        (_POLICY, {"podSelector": UNKNOWN, "policyTypes": ["Ingress", "Egress"]}),
        (_POLICY, {"podSelector": {"matchLabels": UNKNOWN}, "policyTypes": ["Ingress", "Egress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": UNKNOWN}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress", UNKNOWN]}),
        (_POLICY, {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": UNKNOWN}),
    ],
)
def test_what_may_be_a_guard_is_open(kind: str, spec: object) -> None:
    found = _judged(_namespace(), *_guards(kind, spec))
    assert (found.sentences, len(found.open)) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (_QUOTA, {"hard": {**_HARD, "limits.cpu": UNKNOWN, "limits.memory": None}}),
        (_LIMITS, {"limits": [{"type": "Pod", "max": UNKNOWN}]}),
        (_POLICY, {"podSelector": UNKNOWN, "policyTypes": ["Ingress"]}),
        (_POLICY, {"podSelector": {}, "policyTypes": UNKNOWN, "egress": [{}]}),
    ],
)
def test_what_cannot_become_a_guard_is_none(kind: str, spec: object) -> None:
    assert len(_judged(_namespace(), *_guards(kind, spec)).sentences) == 1


def test_unknown_namespaces() -> None:
    for kind in _SPECS:
        found = _judged(_namespace(), *_guards(kind, "same", UNKNOWN))
        assert (found.sentences, len(found.open)) == ([], 1)
    found = _judged(_namespace(UNKNOWN), *_guards())
    assert (found.sentences, len(found.open)) == ([], 1)
    assert len(_judged(_namespace(UNKNOWN)).sentences) == 3
    # A second one that is known is judged all the same.
    assert len(_judged(_namespace(UNKNOWN), _namespace("bare"), *_guards()).sentences) == 3


def test_what_a_quota_bounds_is_a_setting_and_exemptions_count() -> None:
    items = [_namespace(), *_guards(_QUOTA, {"hard": {"pods": "9"}})]
    assert len(_judged(*items).sentences) == 1
    assert _judged(*items, quotaKeys=["pods"]).sentences == []
    assert _judged(_namespace(), exemptions=exempting("Namespace tools")).sentences == []
    assert len(_judged(_namespace(), exemptions=exempting("Namespace tools", expires="2020-01-01")).sentences) == 3
