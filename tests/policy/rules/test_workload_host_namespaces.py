import pytest

from policies.rules.workload_host_namespaces import WORKLOAD_HOST_NAMESPACES
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_pod
from tests.support.workload_kinds import POD

_BENCH = RuleBench(WORKLOAD_HOST_NAMESPACES)
_KEYS = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "inter-process communication"}


@pytest.mark.parametrize("key", _KEYS)
@pytest.mark.parametrize("value", [False, None])
def test_what_is_off_passes(key: str, value: object) -> None:
    assert _BENCH.of_pod({key: value}) == []


@pytest.mark.parametrize(("key", "shared"), _KEYS.items())
def test_each_of_the_three_is_refused(key: str, shared: str) -> None:
    end = f"must not share the {shared} of its node: its {key} is true."
    assert _BENCH.of_pod({key: True}) == [f"The pod of Deployment 'coder/thing' {end}"]
    assert _BENCH.of_pod({key: True}, resource_type=POD) == [f"Pod 'coder/thing' {end}"]


@pytest.mark.parametrize("key", _KEYS)
@pytest.mark.parametrize("value", ["true", "false", "", 0, 1, [], {}])
def test_what_is_neither_on_nor_off_is_refused(key: str, value: object) -> None:
    assert _BENCH.of_pod({key: value}) == [
        f"The pod of Deployment 'coder/thing' must have a {key} that is true or false: its value is neither."
    ]


def test_an_unknown_switch_hides_no_other() -> None:
    assert sorted(_BENCH.levels(compliant_pod(hostNetwork=UNKNOWN, hostPID=True))) == ["ADVISORY", "MANDATORY"]
