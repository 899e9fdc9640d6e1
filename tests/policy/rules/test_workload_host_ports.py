import pytest

from policies.rules.workload_host_ports import WORKLOAD_HOST_PORTS
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_HOST_PORTS)
_START = "The container 'main' of Deployment 'coder/thing' must"


def _ports(*ports: object) -> dict[str, object]:
    return {"ports": [{"containerPort": 80, "hostPort": port} for port in ports]}


@pytest.mark.parametrize("port", [None, 0, 0.0])
def test_a_port_of_the_container_alone_passes(port: object) -> None:
    assert _BENCH.of_container(_ports(port)) == []
    assert _BENCH.of_container({"ports": [{"containerPort": 80}]}) == []


@pytest.mark.parametrize("port", [1, 80, 80.0, 65535])
def test_a_port_of_the_node_is_refused(port: float) -> None:
    assert _BENCH.of_container(_ports(0, port)) == [
        f"{_START} not take a port of its node: its hostPort is {int(port)}."
    ]


@pytest.mark.parametrize("port", ["80", "0", -1, 65536, 80.5, True, [], {}])
def test_what_is_no_port_is_refused(port: object) -> None:
    assert _BENCH.of_container(_ports(port)) == [
        f"{_START} have a hostPort that is a whole number up to 65535: its value is none."
    ]


def test_an_unknown_port_hides_no_other() -> None:
    spec = compliant_pod(compliant_container(**_ports(UNKNOWN, 80)))
    assert sorted(_BENCH.levels(spec)) == ["ADVISORY", "MANDATORY"]
    assert _BENCH.levels(compliant_pod(compliant_container(ports=UNKNOWN))) == ["ADVISORY"]
