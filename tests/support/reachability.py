"""A second reading of NetworkPolicies, by the rules of the Kubernetes API: who can open a connection to whom."""

__all__ = ["Peer", "is_reachable"]

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """A pod (namespace and labels), or something outside the pod network (an address)."""

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


def is_reachable(policies: Sequence[_Policy], source: Peer, target: Peer, protocol: str, port: int) -> bool:
    """Say whether the policies let `source` open a connection: its egress and the target's ingress both must."""
    wanted = {"port": port, "protocol": protocol}
    return _allows(policies, source, target, "Egress", wanted) and _allows(policies, target, source, "Ingress", wanted)


def _allows(policies: Sequence[_Policy], pod: Peer, other: Peer, direction: str, wanted: Mapping[str, Any]) -> bool:
    if pod.address:
        return True
    selecting = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == pod.namespace
        and direction in policy["spec"]["policyTypes"]
        and _selects(policy["spec"]["podSelector"], pod.labels)
    ]
    if not selecting:
        return True
    rules = [rule for spec in selecting for rule in spec.get(direction.lower(), [])]
    peers_key = "to" if direction == "Egress" else "from"
    return any(
        wanted in rule.get("ports", [wanted]) and any(_is_peer(peer, other) for peer in rule[peers_key])
        for rule in rules
    )


def _is_peer(peer: Mapping[str, Any], other: Peer) -> bool:
    if "ipBlock" in peer:
        networks = [peer["ipBlock"]["cidr"], *peer["ipBlock"].get("except", [])]
        inside = [bool(other.address) and _contains(network, other.address) for network in networks]
        return inside[0] and not any(inside[1:])
    if other.address:
        return False
    namespace_labels = {"kubernetes.io/metadata.name": other.namespace}
    return _selects(peer["namespaceSelector"], namespace_labels) and _selects(peer["podSelector"], other.labels)


def _contains(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert selector.keys() <= {"matchLabels", "matchExpressions"}
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "NotIn"
        if labels.get(expression["key"]) in expression["values"]:
            return False
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items())
