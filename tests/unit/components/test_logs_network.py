from typing import Final

import pytest

import ports
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from tests.support.reachability import Peer, is_reachable
from tests.support.sample_settings import sample_settings

_COLLECTOR: Final = Peer("spt-system", {"app.kubernetes.io/name": "log-collector"})
_OTHER: Final = Peer("spt-system", {"app.kubernetes.io/name": "kvm-plugin"})
_WORKSPACE: Final = Peer("coder-workspace", {"app.kubernetes.io/name": "coder-workspace"})
_LOKI: Final = Peer("logging", {"app": "loki"})
_OUTSIDE: Final = Peer(address="203.0.113.9")
_METADATA: Final = Peer(address="169.254.169.254")
_NODE: Final = Peer(address="10.0.3.4")


def _reaches(source: Peer, target: Peer, port: int, **values: str) -> bool:
    namespaces = platform_namespaces(sample_settings("staging", **values))
    policies = [policy for one in namespaces for policy in build_network_policies(one["namespace"], one["flows"])]
    return is_reachable(policies, source, target, "TCP", port)


def _sends(**values: str) -> dict[str, str]:
    return {"logOutput": "loki", "logHost": "logs.example.com", **values}


def test_lines_leave_the_cluster_at_the_hosts_port_alone() -> None:
    assert _reaches(_COLLECTOR, _OUTSIDE, 3100, **_sends(logPort="3100"))
    assert not _reaches(_COLLECTOR, _OUTSIDE, 443, **_sends(logPort="3100"))
    assert not _reaches(_COLLECTOR, _METADATA, 443, **_sends())
    assert not _reaches(_OTHER, _OUTSIDE, 443, **_sends())


def test_a_host_in_the_cluster_is_reached_and_nothing_outside() -> None:
    values = _sends(logNamespace="logging", logPort="3100", logTls="false")
    assert _reaches(_COLLECTOR, _LOKI, 3100, **values)
    assert not _reaches(_COLLECTOR, _OUTSIDE, 3100, **values)
    assert not _reaches(_OTHER, _LOKI, 3100, **values)


@pytest.mark.parametrize("values", [{"logOutput": "stdout"}, {}], ids=["stdout", "none"])
def test_without_a_host_it_sends_nothing_anywhere(values: dict[str, str]) -> None:
    assert not _reaches(_COLLECTOR, _OUTSIDE, 443, **values)


def test_it_may_ask_the_api_server_and_only_nodes_may_ask_it() -> None:
    values = _sends()
    assert _reaches(_COLLECTOR, _NODE, ports.APISERVER, **values)
    assert _reaches(_NODE, _COLLECTOR, ports.LOG_COLLECTOR, **values)
    assert not _reaches(_WORKSPACE, _COLLECTOR, ports.LOG_COLLECTOR, **values)
    assert not _reaches(_COLLECTOR, _NODE, ports.APISERVER)
