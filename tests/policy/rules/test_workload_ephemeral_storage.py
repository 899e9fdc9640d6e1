import pytest

from policies.rules.workload_ephemeral_storage import WORKLOAD_EPHEMERAL_STORAGE
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_EPHEMERAL_STORAGE, maxEphemeralStorage="10Gi", relaxedNamespaces=["free"])
_START = "The container 'main' of Deployment 'coder/thing' must have an ephemeral-storage limit"


def _limit(value: object) -> dict[str, object]:
    return {"resources": {"limits": {"ephemeral-storage": value}}}


@pytest.mark.parametrize("value", ["10Gi", "10737418240", 10737418240, "1", "1e9", "10240Mi"])
def test_a_limit_up_to_the_bound_passes(value: object) -> None:
    assert _BENCH.of_container(_limit(value)) == []


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("11Gi", " of at most 10Gi: its limit is 11Gi."),
        ("10737418241", " of at most 10Gi: its limit is 10737418241."),
        ("1e30", " of at most 10Gi: its limit is 1e30."),
        ("0", " above zero: it is 0."),
        ("-1Gi", " above zero: it is -1Gi."),
        (None, ": it has none."),
        ("lots", " that is a Kubernetes quantity: its value is none."),
        (True, " that is a Kubernetes quantity: its value is none."),
        (["1Gi"], " that is a Kubernetes quantity: its value is none."),
    ],
)
def test_every_other_one_is_refused(value: object, end: str) -> None:
    assert _BENCH.of_container(_limit(value)) == [_START + end]


@pytest.mark.parametrize("resources", [None, {}, [], "x", {"limits": None}, {"limits": []}, {"requests": {}}])
def test_what_is_no_limit_is_none(resources: object) -> None:
    assert _BENCH.of_container({"resources": resources}) == [_START + ": it has none."]


def test_the_default_bound_is_that_of_the_namespaces() -> None:
    bench = RuleBench(WORKLOAD_EPHEMERAL_STORAGE)
    assert bench.of_container(_limit("32Gi")) == []
    assert bench.of_container(_limit("33Gi")) == [_START + " of at most 32Gi: its limit is 33Gi."]


def test_a_limit_may_be_left_out_where_the_rule_is_relaxed_but_not_be_wrong() -> None:
    assert _BENCH.of_container(_limit(None), namespace="free") == []
    assert len(_BENCH.of_container(_limit("11Gi"), namespace="free")) == 1


def test_unknown_limits_and_namespaces_are_open() -> None:
    spec = compliant_pod(compliant_container(**_limit(None)))
    assert _BENCH.levels(spec, namespace=UNKNOWN) == ["ADVISORY"]
    assert RuleBench(WORKLOAD_EPHEMERAL_STORAGE).levels(spec, namespace=UNKNOWN) == ["MANDATORY"]
    assert _BENCH.levels(compliant_pod(compliant_container(**_limit(UNKNOWN)))) == ["ADVISORY"]
    too_high = compliant_pod(compliant_container(**_limit("11Gi")))
    assert _BENCH.levels(too_high, namespace=UNKNOWN) == ["MANDATORY"]
