import pytest

from policies.rules.workload_privileged import WORKLOAD_PRIVILEGED
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_PRIVILEGED)
_START = "The container 'main' of Deployment 'coder/thing' must"


def _privileged(value: object) -> dict[str, object]:
    return {"securityContext": {"privileged": value}}


@pytest.mark.parametrize("value", [False, None])
def test_a_container_without_privilege_passes(value: object) -> None:
    assert _BENCH.of_container(_privileged(value)) == []
    assert _BENCH.of_container({"securityContext": None}) == []


@pytest.mark.parametrize("namespace", ["coder", "coder-workspace", "spt-system", None, UNKNOWN])
def test_privilege_is_refused_in_every_namespace(namespace: object) -> None:
    (sentence,) = _BENCH.of_container(_privileged(value=True), namespace=namespace)
    assert sentence.endswith("must not be privileged: its privileged is true.")


@pytest.mark.parametrize("value", ["true", "false", "", 1, 0, 0.0, [], {}, [True]])
def test_what_is_neither_on_nor_off_is_refused(value: object) -> None:
    assert _BENCH.of_container(_privileged(value)) == [
        f"{_START} have a privileged that is true or false: its value is neither."
    ]


def test_the_pods_own_security_context_has_no_such_switch() -> None:
    assert _BENCH.of_pod(_privileged(value=True)) == []


def test_an_unknown_switch_is_open() -> None:
    for security in ({"privileged": UNKNOWN}, UNKNOWN):
        assert _BENCH.levels(compliant_pod(compliant_container(securityContext=security))) == ["ADVISORY"]
