import pytest

from policies.rules.quota_kvm import QUOTA_KVM
from tests.support.analyzer import UNKNOWN, Finding
from tests.support.rule_bench import RuleBench

_TYPE = "kubernetes:core/v1:ResourceQuota"
_BENCH = RuleBench(QUOTA_KVM, resources=["example.com/virt"], namespaces=["coder-workspace"])


def _quota(hard: object, namespace: object = "coder") -> dict[str, object]:
    return {"metadata": {"name": "quota", "namespace": namespace}, "spec": {"hard": hard}}


def _levels(findings: list[Finding]) -> list[str]:
    return sorted(finding.level for finding in findings)


@pytest.mark.parametrize("key", ["requests.x.io/kvm", "limits.x.io/kvm", "x.io/kvm", "requests.example.com/virt"])
@pytest.mark.parametrize("amount", ["1", 1, "some", [], True])
def test_a_quota_grants_nothing_where_the_namespace_is_not_opted_in(key: str, amount: object) -> None:
    name = key.removeprefix("requests.").removeprefix("limits.")
    sentence = f"ResourceQuota 'coder/quota' must not grant '{name}': its namespace is not opted in to /dev/kvm."
    assert _BENCH.told_of(_TYPE, _quota({"pods": "5", key: amount})) == [sentence]
    assert _BENCH.told_of(_TYPE, _quota({key: amount}, "coder-workspace")) == []
    assert len(RuleBench(QUOTA_KVM).of(_TYPE, _quota({"x.io/kvm": amount}, "coder-workspace"))) == 1


def test_a_name_with_unusual_characters_is_not_repeated() -> None:
    (sentence,) = _BENCH.told_of(_TYPE, _quota({"a b/kvm": "1"}))
    assert "must not grant a resource that gives /dev/kvm: " in sentence


@pytest.mark.parametrize("hard", [{"requests.x.io/kvm": "0"}, {"x.io/kvm": None}, {"pods": "1"}, {}, None])
def test_a_quota_of_nothing_passes(hard: object) -> None:
    assert _BENCH.told_of(_TYPE, _quota(hard)) == []


def test_other_kinds_are_passed_over() -> None:
    assert _BENCH.of("kubernetes:core/v1:LimitRange", _quota({"requests.x.io/kvm": "1"})) == []
    assert _BENCH.of("kubernetes:example.com/v1:ResourceQuota", _quota({"requests.x.io/kvm": "1"})) == []


def test_unknown_values_are_open() -> None:
    assert _levels(_BENCH.of(_TYPE, _quota({"x.io/kvm": UNKNOWN}))) == ["ADVISORY"]
    assert _levels(_BENCH.of(_TYPE, _quota(UNKNOWN))) == ["ADVISORY"]
    assert _levels(_BENCH.of(_TYPE, _quota({"x.io/kvm": "1"}, UNKNOWN))) == ["ADVISORY"]
    assert _levels(_BENCH.of(_TYPE, _quota({"x.io/kvm": "0"}, UNKNOWN))) == []


def test_exemptions_name_the_quota() -> None:
    exemption = {"resource": "ResourceQuota coder/quota", "reason": "is being tried out", "expires": "9999-12-31"}
    assert RuleBench(QUOTA_KVM, exemptions=[exemption]).of(_TYPE, _quota({"x.io/kvm": "1"})) == []
