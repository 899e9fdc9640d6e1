"""Values of the wrong type where a rule decides: none passes in silence."""

from typing import Any

import pytest

from policies.pack import RULES
from tests.support.analyzer import PackAnalyzer

_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
_NAMED = {"metadata": {"name": "thing", "namespace": "coder"}}


def _sentences(rule_name: str, resource_type: str, props: dict[str, Any]) -> list[str]:
    rules = [rule.policy() for rule in RULES if rule.words.name == rule_name]
    return [finding.sentence for finding in PackAnalyzer(rules).analyze(resource_type, {**_NAMED, **props})]


@pytest.mark.parametrize("rule", ["get secrets", 1, ["get"], True, None])
def test_a_role_with_a_rule_that_is_no_object(rule: object) -> None:
    assert _sentences("role-forbids-broad-rights", _ROLE, {"rules": [rule]}) == [
        "Role 'coder/thing' must not have something that is no object as rule #0."
    ]


@pytest.mark.parametrize("hard", ["none", 1, ["limits.cpu"], True])
def test_a_quota_without_an_object_of_amounts(hard: object) -> None:
    assert _sentences("quota-restricts-kvm", "kubernetes:core/v1:ResourceQuota", {"spec": {"hard": hard}}) == [
        "ResourceQuota 'coder/thing' must have a spec.hard that is an object: it is none."
    ]


@pytest.mark.parametrize("spec", ["ClusterIP", 1, [], True])
def test_a_service_whose_spec_is_no_object(spec: object) -> None:
    assert _sentences("service-forbids-exposure", "kubernetes:core/v1:Service", {"spec": spec}) == [
        "Service 'coder/thing' must have a spec that is an object: it is none."
    ]


@pytest.mark.parametrize("user", [2**31, 1e300, "9" * 400])
def test_a_user_that_no_system_has(user: object) -> None:
    spec = {"securityContext": {"runAsNonRoot": True, "runAsUser": user}, "containers": [{"name": "main"}]}
    assert _sentences("workload-requires-non-root", "kubernetes:core/v1:Pod", {"spec": spec}) == [
        "Pod 'coder/thing' must have a runAsUser that is a whole number from 0: its value is none."
    ]


@pytest.mark.parametrize(
    ("rule", "option"),
    [
        ("release-requires-pinned-chart", "devel"),
        ("release-requires-safe-options", "atomic"),
        ("release-requires-safe-options", "skipAwait"),
    ],
)
@pytest.mark.parametrize("value", [0, "false", "", []])
def test_a_switch_that_is_neither_true_nor_false_is_not_off(rule: str, option: str, value: object) -> None:
    sentences = _sentences(rule, "kubernetes:helm.sh/v3:Release", {"name": "coder", option: value})
    assert [each for each in sentences if f"option {option}" in each]
