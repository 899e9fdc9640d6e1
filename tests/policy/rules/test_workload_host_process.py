import pytest

from policies.rules.workload_host_process import WORKLOAD_HOST_PROCESS
from tests.support.rule_bench import RuleBench

_BENCH = RuleBench(WORKLOAD_HOST_PROCESS)


def _switch(value: object) -> dict[str, object]:
    return {"securityContext": {"windowsOptions": {"hostProcess": value}}}


@pytest.mark.parametrize("value", [False, None])
def test_what_is_off_passes(value: object) -> None:
    assert _BENCH.of_container(_switch(value)) == []
    assert _BENCH.of_pod(_switch(value)) == []


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (True, "must not run as a process of its node: its hostProcess is true."),
        ("true", "must have a hostProcess that is true or false: its value is neither."),
    ],
)
def test_it_is_refused_of_pods_and_of_containers(value: object, complaint: str) -> None:
    assert _BENCH.of_container(_switch(value)) == [f"The container 'main' of Deployment 'coder/thing' {complaint}"]
    assert _BENCH.of_pod(_switch(value)) == [f"The pod of Deployment 'coder/thing' {complaint}"]
