"""NetworkPolicies out of the flow table: one default denial a namespace, then one policy for each choice of pods."""

__all__ = ["build_network_policies"]

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field

from components.manifest import Manifest, object_metadata
from components.network_flows import Addresses, Flow, Pods

_ROLE = "network"
_APP_LABEL = "app.kubernetes.io/name"
_DIRECTIONS = ("Ingress", "Egress")


@dataclass
class _Allowed:
    """What the table allows some pods of a namespace, and by which rows: a rule stands where its row's name does."""

    ingress: list[Manifest] = field(default_factory=list)
    egress: list[Manifest] = field(default_factory=list)
    ingress_rows: list[str] = field(default_factory=list)
    egress_rows: list[str] = field(default_factory=list)


def build_network_policies(namespace: str, flows: Iterable[Flow]) -> list[Manifest]:
    """Return the policies of a namespace: deny all, then for each choice of pods in the table what it allows them.

    The denial stands for itself: it holds for pods that no row names, and whatever becomes of the others.
    """
    denial = _policy("default-deny", namespace, {"podSelector": {}, "policyTypes": list(_DIRECTIONS)})
    return [denial, *(_allowance(pods, allowed) for pods, allowed in _by_pods(namespace, flows).items())]


def _by_pods(namespace: str, flows: Iterable[Flow]) -> dict[Pods, _Allowed]:
    """Gather the rows that touch the namespace by the pods they are about, in the table's order."""
    gathered: dict[Pods, _Allowed] = {}
    for flow in flows:
        ports = [{"port": port.number, "protocol": port.protocol} for port in flow.ports]
        allowed: Manifest = {"ports": ports} if ports else {}
        if isinstance(flow.source, Pods) and flow.source.namespace == namespace:
            entry = gathered.setdefault(flow.source, _Allowed())
            entry.egress.append({"to": _peers(flow.target), **allowed})
            entry.egress_rows.append(flow.name)
        if isinstance(flow.target, Pods) and flow.target.namespace == namespace:
            entry = gathered.setdefault(flow.target, _Allowed())
            entry.ingress.append({"from": _peers(flow.source), **allowed})
            entry.ingress_rows.append(flow.name)
    return gathered


def _allowance(pods: Pods, allowed: _Allowed) -> Manifest:
    rules = {"ingress": allowed.ingress, "egress": allowed.egress}
    spec = {
        "podSelector": _selector(pods),
        # Both, whatever the rules: a direction without any is denied here, too.
        "policyTypes": list(_DIRECTIONS),
        **{direction: listed for direction, listed in rules.items() if listed},
    }
    policy = _policy(_name_of(pods), pods.namespace, spec)
    rows = {"spt-flow/ingress-flows": allowed.ingress_rows, "spt-flow/egress-flows": allowed.egress_rows}
    policy["metadata"]["annotations"] = {key: ", ".join(names) for key, names in rows.items() if names}
    return policy


def _policy(name: str, namespace: str, spec: Manifest) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": object_metadata(name, namespace, _ROLE),
        "spec": spec,
    }


def _name_of(pods: Pods) -> str:
    """Return the policy's name, made of what chooses the pods: for other pods there is another one, made before."""
    chosen = [value for _, value in pods.labels] or ["all"]
    return "-".join(["allow", *chosen, *(["but", *pods.but_not] if pods.but_not else [])])


def _selector(pods: Pods) -> Manifest:
    selector: Manifest = {}
    if pods.labels:
        selector["matchLabels"] = dict(pods.labels)
    if pods.but_not:
        selector["matchExpressions"] = [{"key": _APP_LABEL, "operator": "NotIn", "values": list(pods.but_not)}]
    return selector


def _block(cidr: str, but_not: Iterable[str]) -> Manifest:
    network = ipaddress.ip_network(cidr)
    inside = [hole for hole in but_not if network.version == ipaddress.ip_network(hole).version]
    return {"cidr": cidr, **({"except": inside} if inside else {})}


def _peers(end: Pods | Addresses) -> list[Manifest]:
    if isinstance(end, Addresses):
        return [{"ipBlock": _block(cidr, end.but_not)} for cidr in end.cidrs]
    # Both selectors in one peer: pods that match inside namespaces that match. In two peers it would be either.
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": end.namespace}}
    return [{"namespaceSelector": namespace, "podSelector": _selector(end)}]
