from typing import Any

import pytest

from policies.rules.workload_non_root import WORKLOAD_NON_ROOT
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_NON_ROOT, relaxedNamespaces=["coder-workspace"])
_POD = "The pod of Deployment 'coder/thing' must"
_CONTAINER = "The container 'main' of Deployment 'coder/thing' must"
_NEITHER = "have the runAsNonRoot true, or its pod: neither has one."
_FALSE = "have the runAsNonRoot true, or its pod: it is false."


def _spec(of_pod: object, of_container: object) -> dict[str, Any]:
    return compliant_pod(compliant_container(securityContext=of_container), securityContext=of_pod)


@pytest.mark.parametrize(
    ("of_pod", "of_container", "sentences"),
    [
        ({"runAsNonRoot": True}, {}, []),
        ({}, {"runAsNonRoot": True}, []),
        ({"runAsNonRoot": False}, {"runAsNonRoot": True}, []),
        ({"runAsNonRoot": True, "runAsUser": 1}, {"runAsUser": 65534.0}, []),
        ({"runAsNonRoot": True}, {"runAsUser": 2**31 - 1}, []),
        ({}, {}, [f"{_CONTAINER} {_NEITHER}"]),
        (None, None, [f"{_CONTAINER} {_NEITHER}"]),
        ("x", ["y"], [f"{_CONTAINER} {_NEITHER}"]),
        ({"runAsUser": 1000}, {"runAsUser": 1000}, [f"{_CONTAINER} {_NEITHER}"]),
        ({"runAsNonRoot": False}, {}, [f"{_CONTAINER} {_FALSE}"]),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False}, [f"{_CONTAINER} {_FALSE}"]),
        ({"runAsNonRoot": True, "runAsUser": 0}, {}, [f"{_POD} not run as root: its runAsUser is 0."]),
        ({"runAsNonRoot": True}, {"runAsUser": 0.0}, [f"{_CONTAINER} not run as root: its runAsUser is 0."]),
    ],
)
def test_root_is_refused_and_the_user_has_to_be_said(
    of_pod: object, of_container: object, sentences: list[str]
) -> None:
    assert _BENCH.sentences(_spec(of_pod, of_container)) == sentences
    assert _BENCH.sentences(_spec(of_pod, of_container), namespace="coder-workspace") == []
    assert len(RuleBench(WORKLOAD_NON_ROOT).sentences(_spec(of_pod, of_container))) == len(sentences)


@pytest.mark.parametrize("namespace", ["coder", "coder-workspace", UNKNOWN])
@pytest.mark.parametrize(
    ("key", "value", "end"),
    [
        ("runAsNonRoot", "true", "have a runAsNonRoot that is true or false: its value is neither."),
        ("runAsNonRoot", 1, "have a runAsNonRoot that is true or false: its value is neither."),
        ("runAsUser", "0", "have a runAsUser that is a whole number from 0: its value is none."),
        ("runAsUser", -1, "have a runAsUser that is a whole number from 0: its value is none."),
        ("runAsUser", 2**31, "have a runAsUser that is a whole number from 0: its value is none."),
        ("runAsUser", 0.5, "have a runAsUser that is a whole number from 0: its value is none."),
        ("runAsUser", False, "have a runAsUser that is a whole number from 0: its value is none."),
    ],
)
def test_a_value_of_another_type_is_refused_in_every_namespace(
    key: str, value: object, end: str, namespace: object
) -> None:
    both = {"runAsNonRoot": True}
    findings = _BENCH.findings(_spec(both, {**both, key: value}), namespace=namespace)
    assert [finding.sentence.partition("' must ")[2] for finding in findings] == [end]
    findings = _BENCH.findings(_spec({**both, key: value}, both), namespace=namespace)
    assert [finding.sentence.partition("' must ")[2] for finding in findings] == [end]


def test_unknown_values_hide_only_themselves() -> None:
    good = {"runAsNonRoot": True}
    assert _BENCH.levels(_spec({}, {}), namespace=UNKNOWN) == ["ADVISORY"]
    assert _BENCH.levels(_spec({"runAsUser": 0}, good), namespace=UNKNOWN) == ["ADVISORY"]
    assert _BENCH.levels(_spec(good, {}), namespace=UNKNOWN) == []
    assert _BENCH.levels(_spec({"runAsNonRoot": UNKNOWN}, {})) == ["ADVISORY"]
    assert _BENCH.levels(_spec({"runAsNonRoot": UNKNOWN}, good)) == []
    assert _BENCH.levels(_spec(good, {"runAsUser": UNKNOWN})) == ["ADVISORY"]
    assert sorted(_BENCH.levels(_spec({"runAsUser": UNKNOWN}, {"runAsUser": 0}))) == [
        "ADVISORY",
        "MANDATORY",
        "MANDATORY",
    ]
    assert _BENCH.levels(_spec({"runAsUser": UNKNOWN}, {"runAsUser": UNKNOWN}), namespace="coder-workspace") == []
