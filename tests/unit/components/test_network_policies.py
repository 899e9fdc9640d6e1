from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import pytest

from components.network_flows import (
    CODER,
    DATABASE_PODS,
    DNS,
    REGISTRY_PODS,
    SYSTEM,
    WORKSPACES,
    Addresses,
    platform_flows,
)
from components.network_policies import build_network_policies
from core.kubernetes_names import is_subdomain
from tests.support.reachability import Peer, is_reachable

_NODES: Final = ("10.0.0.0/16",)
_FLOWS: Final = platform_flows(_NODES, api_cidrs=["192.0.2.0/28"], entry_namespace="gateway-system")
_OWN: Final = (CODER, WORKSPACES, SYSTEM)
_POLICIES: Final = {namespace: build_network_policies(namespace, _FLOWS) for namespace in _OWN}

_PEERS: Final = {
    "coder": Peer(CODER, {"app.kubernetes.io/name": "coder"}),
    "unlabelled in coder": Peer(CODER, {}),
    "registry": Peer(CODER, dict(REGISTRY_PODS.labels)),
    "database": Peer(CODER, dict(DATABASE_PODS.labels)),
    "dump": Peer(CODER, {"app.kubernetes.io/name": "database-dump"}),
    "reaper": Peer(CODER, {"app.kubernetes.io/name": "reaper"}),
    "workspace": Peer(WORKSPACES, {"app.kubernetes.io/name": "coder-workspace"}),
    "impostor": Peer(WORKSPACES, dict(REGISTRY_PODS.labels)),
    "device plugin": Peer(SYSTEM, {}),
    "dns": Peer("kube-system", dict(DNS.labels)),
    "other in kube-system": Peer("kube-system", {}),
    "entry": Peer("gateway-system", {}),
    "stranger": Peer("default", {}),
    "node": Peer(address="10.0.3.4"),
    "api server": Peer(address="192.0.2.5"),
    "internet": Peer(address="203.0.113.9"),
    "internet by IPv6": Peer(address="2001:db8::9"),
    "cloud metadata": Peer(address="169.254.169.254"),
    "cloud metadata by IPv6": Peer(address="fd00:ec2::254"),
}
_TCP: Final = (22, 53, 80, 443, 2112, 5000, 5001, 5432, 6443, 8080)
_PORTS: Final = (("UDP", 53), ("UDP", 41641), *(("TCP", port) for port in _TCP))

_DNS_CLIENTS: Final = ("coder", "unlabelled in coder", "dump", "reaper", "workspace", "impostor", "device plugin")
_REGISTRY_CLIENTS: Final = ("coder", "unlabelled in coder", "dump", "reaper", "workspace", "impostor", "node")
_CODER_CLIENTS: Final = ("reaper", "workspace", "impostor", "entry", "node")
_OUTSIDE: Final = ("node", "api server", "internet", "internet by IPv6")
_INTERNET: Final = ("internet", "internet by IPv6")
_ALLOWED: Final = {
    *((source, "dns", port) for source in _DNS_CLIENTS for port in (("TCP", 53), ("UDP", 53))),
    *((source, "registry", ("TCP", 5000)) for source in _REGISTRY_CLIENTS),
    ("node", "registry", ("TCP", 5001)),
    *((source, "database", ("TCP", 5432)) for source in ("coder", "dump")),
    *((source, "coder", ("TCP", 8080)) for source in _CODER_CLIENTS),
    # Coder's Terraform and the developers fetch what they like, but for the node's own credentials.
    *(("coder", target, port) for target in _OUTSIDE for port in _PORTS),
    # Nor is a kubelet or the API server theirs to ask.
    *((source, target, port) for source in ("workspace", "impostor") for target in _INTERNET for port in _PORTS),
    *(("reaper", target, ("TCP", port)) for target in _OUTSIDE for port in (80, 443)),
    ("reaper", "api server", ("TCP", 6443)),
}


def _guarded(peer: Peer) -> bool:
    return peer.namespace in _OWN


def _pairs() -> Iterator[tuple[str, str]]:
    """Yield the pairs of which at least one end is the platform's."""
    for source, target in product(_PEERS, repeat=2):
        if source != target and (_guarded(_PEERS[source]) or _guarded(_PEERS[target])):
            yield source, target


@pytest.mark.parametrize("namespace", _OWN)
def test_manifests(namespace: str, golden: Callable[[str, Any], None]) -> None:
    golden(f"network-policies-{namespace}", _POLICIES[namespace])


def test_the_reachability_table() -> None:
    """Evaluate the policies, as a network plugin would, for every pair of peers and every port."""
    policies = [policy for listed in _POLICIES.values() for policy in listed]
    reachable = {
        (source, target, port)
        for source, target in _pairs()
        for port in _PORTS
        if is_reachable(policies, _PEERS[source], _PEERS[target], *port)
    }
    assert reachable == _ALLOWED


def test_what_only_answers_opens_no_connection_at_all() -> None:
    assert not [row for row in _ALLOWED if row[0] in ("registry", "database")]
    assert not [flow for flow in _FLOWS if flow.source in (REGISTRY_PODS, DATABASE_PODS)]


def test_nobody_reaches_the_clouds_metadata() -> None:
    assert not [row for row in _ALLOWED if row[1].startswith("cloud metadata")]


def test_without_networks_of_its_own_the_api_server_is_on_the_nodes() -> None:
    (flow,) = [flow for flow in platform_flows(_NODES) if flow.name == "api-server"]
    assert flow.target == Addresses(_NODES)


@pytest.mark.parametrize("namespace", _OWN)
def test_each_namespace_denies_both_directions_first(namespace: str) -> None:
    denial = _POLICIES[namespace][0]
    assert denial["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_policy_names_are_valid_and_unique() -> None:
    for policies in _POLICIES.values():
        names = [policy["metadata"]["name"] for policy in policies]
        assert len(names) == len(set(names))
        assert all(is_subdomain(name) for name in names)


def test_each_choice_of_pods_has_one_policy() -> None:
    for policies in _POLICIES.values():
        selectors = [policy["spec"]["podSelector"] for policy in policies[1:]]
        assert all(selectors.count(selector) == 1 for selector in selectors)
    assert sum(map(len, _POLICIES.values())) <= 12


def test_each_policy_denies_what_it_does_not_allow() -> None:
    for policies in _POLICIES.values():
        assert all(policy["spec"]["policyTypes"] == ["Ingress", "Egress"] for policy in policies)


def test_a_policy_names_the_rows_of_its_rules_in_their_order() -> None:
    policies = {policy["metadata"]["name"]: policy for policy in _POLICIES[CODER]}
    for policy in list(policies.values())[1:]:
        for direction in ("ingress", "egress"):
            named = policy["metadata"]["annotations"].get(f"spt-flow/{direction}-flows", "")
            assert len(policy["spec"].get(direction, [])) == len([name for name in named.split(", ") if name])
    registry = policies["allow-registry"]["metadata"]["annotations"]
    assert registry == {"spt-flow/ingress-flows": "registry, registry-from-workspaces, registry-from-nodes"}


def test_several_node_networks_are_one_rule() -> None:
    policies = build_network_policies(CODER, platform_flows(["10.0.0.0/16", "2001:db8::/32"]))
    rule = next(policy["spec"]["ingress"][2] for policy in policies if policy["metadata"]["name"] == "allow-registry")
    assert rule["from"] == [{"ipBlock": {"cidr": "10.0.0.0/16"}}, {"ipBlock": {"cidr": "2001:db8::/32"}}]


def test_workspaces_reach_what_a_stack_adds_and_nothing_around_it() -> None:
    flows = platform_flows(["10.0.0.0/16"], api_cidrs=["192.0.2.0/28"], workspace_cidrs=["10.0.3.0/24"])
    policies = build_network_policies(WORKSPACES, flows)
    workspace = Peer(WORKSPACES, {})
    reached = {
        address: is_reachable(policies, workspace, Peer(address=address), "TCP", 443)
        for address in ("10.0.3.7", "10.0.4.7", "192.0.2.3", "192.0.2.30")
    }
    assert reached == {"10.0.3.7": True, "10.0.4.7": False, "192.0.2.3": False, "192.0.2.30": True}
