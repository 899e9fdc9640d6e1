"""Who may talk to whom: the written table of the flows that are allowed. All else is denied in both directions."""

__all__ = [
    "CODER",
    "DNS",
    "REGISTRY_PODS",
    "SYSTEM",
    "WORKSPACES",
    "Addresses",
    "Flow",
    "Pods",
    "Port",
    "platform_flows",
]

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import ports

CODER: Final = "coder"
"""Namespace of the control plane: Coder, its database, the registry."""

WORKSPACES: Final = "coder-workspace"
"""Namespace of the workspaces that Coder creates."""

SYSTEM: Final = "spt-system"
"""Namespace of the few privileged daemons."""


@dataclass(frozen=True)
class Pods:
    """Pods of a namespace that carry the labels, except the apps named in `but_not` (app.kubernetes.io/name)."""

    namespace: str
    labels: tuple[tuple[str, str], ...] = ()
    but_not: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """Networks outside the pod network, in CIDR notation."""

    cidrs: tuple[str, ...]


@dataclass(frozen=True)
class Port:
    """A port of the receiving pod, as its container listens, not as a Service may map it."""

    number: int
    protocol: Literal["TCP", "UDP"] = "TCP"


@dataclass(frozen=True)
class Flow:
    """One row of the table: `source` may open connections to `target` on `ports`; `name` is part of policy names."""

    name: str
    source: Pods | Addresses
    target: Pods | Addresses
    ports: tuple[Port, ...] = field(default=())


REGISTRY_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "registry"),))
DNS: Final = Pods("kube-system", labels=(("k8s-app", "kube-dns"),))
_DNS_PORTS: Final = (Port(ports.DNS, "UDP"), Port(ports.DNS, "TCP"))
_REGISTRY_PORTS: Final = (Port(ports.REGISTRY),)
_REGISTRY_NODE_PORTS: Final = (Port(ports.REGISTRY), Port(ports.REGISTRY_DEBUG))


def platform_flows(node_cidrs: Sequence[str]) -> tuple[Flow, ...]:
    """Return the whole table; `node_cidrs` are the networks of the nodes.

    The registry has no row as a source: it answers, and never calls out, not even for names.
    """
    nodes = Addresses(tuple(node_cidrs))
    but_registry = Pods(CODER, but_not=("registry",))
    return (
        Flow("dns", but_registry, DNS, _DNS_PORTS),
        Flow("dns", Pods(WORKSPACES), DNS, _DNS_PORTS),
        Flow("dns", Pods(SYSTEM), DNS, _DNS_PORTS),
        Flow("registry", but_registry, REGISTRY_PODS, _REGISTRY_PORTS),
        Flow("registry-from-workspaces", Pods(WORKSPACES), REGISTRY_PODS, _REGISTRY_PORTS),
        # The nodes' container runtimes pull images, the kubelets probe the registry's health.
        Flow("registry-from-nodes", nodes, REGISTRY_PODS, _REGISTRY_NODE_PORTS),
    )
