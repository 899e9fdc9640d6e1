"""NetworkPolicies out of the flow table: one default denial a namespace, then one policy for each end of a flow."""

__all__ = ["build_network_policies"]

import ipaddress
from collections.abc import Iterable

from components.manifest import Manifest, object_metadata
from components.network_flows import Addresses, Flow, Pods

_ROLE = "network"
_APP_LABEL = "app.kubernetes.io/name"


def build_network_policies(namespace: str, flows: Iterable[Flow]) -> list[Manifest]:
    """Return the policies of a namespace: deny all, then what the rows of the table that touch it allow."""
    policies = [_policy("default-deny", namespace, {}, {"policyTypes": ["Ingress", "Egress"]})]
    for flow in flows:
        allowed = {"ports": [{"port": port.number, "protocol": port.protocol} for port in flow.ports]}
        allowed = allowed if flow.ports else {}
        if isinstance(flow.source, Pods) and flow.source.namespace == namespace:
            rule = {"to": _peers(flow.target), **allowed}
            spec = {"policyTypes": ["Egress"], "egress": [rule]}
            policies.append(_policy(f"allow-{flow.name}-egress", namespace, _selector(flow.source), spec))
        if isinstance(flow.target, Pods) and flow.target.namespace == namespace:
            rule = {"from": _peers(flow.source), **allowed}
            spec = {"policyTypes": ["Ingress"], "ingress": [rule]}
            policies.append(_policy(f"allow-{flow.name}-ingress", namespace, _selector(flow.target), spec))
    return policies


def _policy(name: str, namespace: str, selector: Manifest, spec: Manifest) -> Manifest:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": object_metadata(name, namespace, _ROLE),
        "spec": {"podSelector": selector, **spec},
    }


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
