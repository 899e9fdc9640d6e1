from typing import Any

import pytest

from policies.rules.namespace_admission import NAMESPACE_ADMISSION
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, judged_stack

_GROUP = "kubernetes:admissionregistration.k8s.io/v1"
_POLICIES = {"homes": ["guard"]}
_STRICT = {"failurePolicy": "Fail", "validations": [{"expression": "true"}]}


def _item(kind: str, name: object, spec: object, labels: object = None) -> StackItem:
    metadata = {"name": name} if labels is None else {"name": name, "labels": labels}
    return StackItem(kind, {"metadata": metadata, "spec": spec}, f"{kind}-{name}")


def _namespace(name: object = "homes", labels: object = None) -> StackItem:
    return _item("kubernetes:core/v1:Namespace", name, {}, labels)


def _policy(spec: object = _STRICT, name: object = "guard") -> StackItem:
    return _item(f"{_GROUP}:ValidatingAdmissionPolicy", name, spec)


def _binding(match: object = None, actions: object = ("Deny",), policy: object = "guard") -> StackItem:
    listed = list(actions) if isinstance(actions, tuple) else actions
    spec = {"policyName": policy, "validationActions": listed}
    if match is not None:
        spec["matchResources"] = match
    return _item(f"{_GROUP}:ValidatingAdmissionPolicyBinding", "binding", spec)


def _selecting(labels: dict[str, Any] | None = None, *expressions: dict[str, Any]) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": labels or {}, "matchExpressions": list(expressions)}}


def _judged(*items: StackItem) -> Judged:
    return judged_stack(NAMESPACE_ADMISSION, list(items), policies=_POLICIES)


_NAMED = {"kubernetes.io/metadata.name": "homes"}
_IN = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["homes", "more"]}


@pytest.mark.parametrize(
    "binding",
    [
        _binding(),
        _binding(_selecting(_NAMED)),
        _binding(_selecting(None, _IN)),
        _binding(_selecting(None, {"key": "tier", "operator": "Exists"})),
        _binding(_selecting(None, {"key": "other", "operator": "DoesNotExist"})),
        _binding(_selecting({"tier": "users"}, {"key": "tier", "operator": "NotIn", "values": ["system"]})),
        _binding({"objectSelector": {}, "matchPolicy": "Equivalent"}, ("Deny", "Audit")),
    ],
)
def test_a_bound_policy_passes(binding: StackItem) -> None:
    assert _judged(_namespace(labels={"tier": "users"}), _policy(), binding) == Judged([], [])


@pytest.mark.parametrize(
    "binding",
    [
        _binding(_selecting({"kubernetes.io/metadata.name": "other"})),
        _binding(_selecting(None, {**_IN, "values": ["more"]})),
        _binding(_selecting(None, {**_IN, "operator": "NotIn"})),
        _binding(_selecting(None, {"key": "tier", "operator": "Near"})),
        _binding(_selecting({"tier": "system"})),
        _binding(_selecting(None, {"key": "absent", "operator": "Exists"})),
        _binding({"objectSelector": {"matchLabels": {"a": "b"}}}),
        _binding({"resourceRules": [{"resources": ["pods"]}]}),
        _binding({"excludeResourceRules": [{"resources": ["pods"]}]}),
        _binding(actions=("Warn", "Audit")),
        _binding(actions=()),
        _binding(actions="Deny"),
        _binding(_selecting({"tier": "system"}), actions=UNKNOWN),
        _binding(UNKNOWN, actions=("Warn",)),
    ],
)
def test_a_binding_that_does_not_refuse_here_does_not_count(binding: StackItem) -> None:
    assert _judged(_namespace(labels={"tier": "users"}), _policy(), binding).sentences == [
        (
            "Namespace 'homes' must have a ValidatingAdmissionPolicyBinding of 'guard' that selects it and denies: "
            "none of its bindings does."
        )
    ]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (_policy(name="other"), "the ValidatingAdmissionPolicy 'guard': the stack has none of that name."),
        (
            _policy({**_STRICT, "failurePolicy": "Ignore"}),
            "the ValidatingAdmissionPolicy 'guard' with failurePolicy Fail: it has another one.",
        ),
        (
            _policy({"validations": []}),
            "the ValidatingAdmissionPolicy 'guard' with validations: it has none.",
        ),
    ],
)
def test_a_policy_that_is_not_there_or_lax(policy: StackItem, words: str) -> None:
    assert _judged(_namespace(), policy, _binding()).sentences == [f"Namespace 'homes' must have {words}"]


def test_a_policy_without_a_binding() -> None:
    (sentence,) = _judged(_namespace(), _policy(), _binding(policy="other")).sentences
    assert sentence.endswith("that selects it and denies: the policy has no binding.")


@pytest.mark.parametrize(
    "items",
    [
        (_policy(name=UNKNOWN), _binding()),
        (_policy({"failurePolicy": UNKNOWN, "validations": [{}]}), _binding()),
        (_policy({"validations": UNKNOWN}), _binding()),
        (_policy(), _binding(policy=UNKNOWN)),
        (_policy(), _binding(actions=UNKNOWN)),
        (_policy(), _binding(UNKNOWN)),
        (_policy(), _binding({"namespaceSelector": UNKNOWN})),
        (_policy(), _binding({"objectSelector": UNKNOWN})),
        (_policy(), _binding(_selecting({"tier": UNKNOWN}))),
        (_policy(), _binding(_selecting(None, {"key": "tier", "operator": "In", "values": [UNKNOWN]}))),
    ],
)
def test_what_may_be_bound_is_open(items: tuple[StackItem, ...]) -> None:
    found = _judged(_namespace(labels={"tier": "users"}), *items)
    assert (found.sentences, len(found.open)) == ([], 1)


def test_unknown_labels_of_the_namespace_are_open_only_where_they_count() -> None:
    assert len(_judged(_namespace(labels=UNKNOWN), _policy(), _binding(_selecting({"tier": "users"}))).open) == 1
    assert _judged(_namespace(labels=UNKNOWN), _policy(), _binding(_selecting(_NAMED))) == Judged([], [])


def test_a_lax_policy_of_unknown_name_is_no_way_out() -> None:
    assert len(_judged(_namespace(), _policy({"failurePolicy": "Ignore"}, UNKNOWN), _binding()).sentences) == 1


def test_what_stands_before_a_namespace_does_not_hide_it() -> None:
    wanted = ["Namespace 'homes' must have the ValidatingAdmissionPolicy 'guard': the stack has none of that name."]
    assert _judged(_binding(), _namespace()).sentences == wanted
    assert _judged(_namespace(UNKNOWN), _namespace()).sentences == wanted


def test_other_namespaces_need_none_and_an_unknown_name_is_open() -> None:
    assert _judged(_namespace("tools")) == Judged([], [])
    assert len(_judged(_namespace(UNKNOWN)).open) == 1
