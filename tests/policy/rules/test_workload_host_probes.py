import pytest

from policies.rules.workload_host_probes import WORKLOAD_HOST_PROBES
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_HOST_PROBES)
_HANDLERS = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"]
_KINDS = ["httpGet", "tcpSocket"]


def _handler(handler: str, kind: str, host: object) -> dict[str, object]:
    value: dict[str, object] = {kind: {"port": 80, "host": host}}
    for key in reversed(handler.split(".")):
        value = {key: value}
    return value


@pytest.mark.parametrize("handler", _HANDLERS)
@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("host", [None, ""])
def test_a_handler_of_the_pods_own_address_passes(handler: str, kind: str, host: object) -> None:
    assert _BENCH.of_container(_handler(handler, kind, host)) == []


@pytest.mark.parametrize("handler", _HANDLERS)
@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("host", ["169.254.169.254", " ", 0, False, ["x"]])
def test_a_host_is_refused_in_every_handler(handler: str, kind: str, host: object) -> None:
    assert _BENCH.of_container(_handler(handler, kind, host)) == [
        f"The container 'main' of Deployment 'coder/thing' must not name a host in {handler}.{kind}: it does."
    ]


def test_an_unknown_host_is_open() -> None:
    container = compliant_container(**_handler("livenessProbe", "httpGet", UNKNOWN))
    assert _BENCH.levels(compliant_pod(container)) == ["ADVISORY"]
