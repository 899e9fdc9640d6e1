"""Who may talk to whom: the written table of the flows that are allowed. All else is denied in both directions."""

__all__ = [
    "CODER",
    "CODER_PODS",
    "DATABASE_PODS",
    "DNS",
    "OUTSIDE",
    "PUSHGATEWAY_PODS",
    "REGISTRY_PODS",
    "SYSTEM",
    "WORKSPACES",
    "Addresses",
    "Flow",
    "LogHost",
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
    """Networks outside the pod network, in CIDR notation, except those inside them that `but_not` names."""

    cidrs: tuple[str, ...]
    but_not: tuple[str, ...] = ()


@dataclass(frozen=True)
class Port:
    """A port of the receiving pod, as its container listens, not as a Service may map it."""

    number: int
    protocol: Literal["TCP", "UDP"] = "TCP"


@dataclass(frozen=True)
class Flow:
    """One row of the table: `source` may open connections to `target` on `ports`; `name` is part of policy names.

    No ports are every port of every protocol.
    """

    name: str
    source: Pods | Addresses
    target: Pods | Addresses
    ports: tuple[Port, ...] = field(default=())


@dataclass(frozen=True)
class LogHost:
    """Where logs go: in pods of a namespace, or outside the cluster if none is named; nowhere without a port."""

    namespace: str
    port: int | None


REGISTRY_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "registry"),))
CODER_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "coder"),))
DATABASE_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "postgres"),))
PUSHGATEWAY_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "pushgateway"),))
DNS: Final = Pods("kube-system", labels=(("k8s-app", "kube-dns"),))
OUTSIDE: Final = Addresses(("0.0.0.0/0", "::/0"), but_not=("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"))
"""Every address but the clouds' metadata services, which hand out the node's credentials: those are link-local."""

_DUMP_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "database-dump"),))
_LOG_PODS: Final = Pods(SYSTEM, labels=(("app.kubernetes.io/name", "log-collector"),))
_KVM_PODS: Final = Pods(SYSTEM, labels=(("app.kubernetes.io/name", "kvm-plugin"),))
_PREPULL_CHECK_PODS: Final = Pods(SYSTEM, labels=(("app.kubernetes.io/name", "prepull-check"),))
_REAPER_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "reaper"),))
_SNAPSHOT_PODS: Final = tuple(
    Pods(CODER, labels=(("app.kubernetes.io/name", name),)) for name in ("home-snapshots", "home-snapshot-drill")
)
_REGISTRY_GC_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/component", "registry-gc"),))
_DNS_PORTS: Final = (Port(ports.DNS, "UDP"), Port(ports.DNS, "TCP"))
_REGISTRY_PORTS: Final = (Port(ports.REGISTRY),)
_REGISTRY_NODE_PORTS: Final = (Port(ports.REGISTRY), Port(ports.REGISTRY_DEBUG))
_CODER_PORTS: Final = (Port(ports.CODER),)
_DATABASE_PORTS: Final = (Port(ports.POSTGRES),)
_PUSHGATEWAY_PORTS: Final = (Port(ports.PUSHGATEWAY),)
_WEB_PORTS: Final = (Port(ports.HTTP), Port(ports.HTTPS))
_API_PORTS: Final = (Port(ports.HTTPS), Port(ports.APISERVER))


def platform_flows(
    node_cidrs: Sequence[str],
    *,
    api_cidrs: Sequence[str] = (),
    workspace_cidrs: Sequence[str] = (),
    entry_namespace: str = "",
    prepull_check: bool = False,
    registry_gc: bool = False,
    snapshots: bool = False,
    dumps: bool = False,
    pushes: bool = False,
    pushgateway: bool = False,
    metrics_namespace: str = "",
    logs: LogHost | None = None,
) -> tuple[Flow, ...]:
    """Return the whole table.

    `node_cidrs` are the networks of the nodes, `api_cidrs` those of the API server (the nodes' if there are none),
    `workspace_cidrs` those of both that workspaces reach all the same, and in `entry_namespace` are the pods that carry
    traffic from outside. `prepull_check` is whether nodes are checked for the workspace image, `registry_gc` whether
    the registry is collected, `snapshots` whether homes are snapshot and `dumps` whether the database is dumped;
    `pushes` is whether these push metrics somewhere, `pushgateway` whether that is the platform's own, to which the
    reaper pushes, too. In `metrics_namespace` are the pods that scrape; `logs` is where the collector of logs sends
    them.
    Registry, database and gateway have no row as a source: they answer, and never call out, not even for names.
    """
    nodes = Addresses(tuple(node_cidrs))
    api_server = Addresses(tuple(api_cidrs) or tuple(node_cidrs))
    callers = Pods(CODER, but_not=("registry", "postgres", "pushgateway"))
    own, outside = _Gateway(PUSHGATEWAY_PODS, _PUSHGATEWAY_PORTS), _Gateway(OUTSIDE, _WEB_PORTS)
    gateway = (own if pushgateway else outside) if pushes else None
    return (
        Flow("dns", callers, DNS, _DNS_PORTS),
        Flow("dns", Pods(WORKSPACES), DNS, _DNS_PORTS),
        Flow("dns", Pods(SYSTEM), DNS, _DNS_PORTS),
        Flow("registry", callers, REGISTRY_PODS, _REGISTRY_PORTS),
        Flow("registry-from-workspaces", Pods(WORKSPACES), REGISTRY_PODS, _REGISTRY_PORTS),
        # The nodes' container runtimes pull images, the kubelets probe the registry's health.
        Flow("registry-from-nodes", nodes, REGISTRY_PODS, _REGISTRY_NODE_PORTS),
        Flow("database", CODER_PODS, DATABASE_PODS, _DATABASE_PORTS),
        Flow("database-from-dumps", _DUMP_PODS, DATABASE_PODS, _DATABASE_PORTS),
        # Coder's replicas relay connections for each other.
        Flow("coder-replicas", CODER_PODS, CODER_PODS, _CODER_PORTS),
        Flow("coder-from-reaper", _REAPER_PODS, CODER_PODS, _CODER_PORTS),
        Flow("coder-from-workspaces", Pods(WORKSPACES), CODER_PODS, _CODER_PORTS),
        # The kubelets probe Coder's health; in the lab users come from the node's side, too.
        Flow("coder-from-nodes", nodes, CODER_PODS, _CODER_PORTS),
        *([Flow("coder-from-entry", Pods(entry_namespace), CODER_PODS, _CODER_PORTS)] if entry_namespace else []),
        Flow("api-server", CODER_PODS, api_server, _API_PORTS),
        Flow("api-server-from-reaper", _REAPER_PODS, api_server, _API_PORTS),
        # The device plugin labels its node.
        Flow("api-server-from-kvm-plugin", _KVM_PODS, api_server, _API_PORTS),
        *(_asking_and_pushing([_PREPULL_CHECK_PODS], api_server, gateway) if prepull_check else ()),
        *(_asking_and_pushing([_REGISTRY_GC_PODS], api_server, gateway) if registry_gc else ()),
        *(_asking_and_pushing(_SNAPSHOT_PODS, api_server, gateway) if snapshots else ()),
        *(_pushing([_DUMP_PODS], gateway) if dumps else ()),
        *(_pushing([_REAPER_PODS], own) if pushgateway else ()),
        *(_scraping(metrics_namespace, pushgateway=pushgateway) if metrics_namespace else ()),
        *(_log_flows(api_server, nodes, logs) if logs is not None else ()),
        # GitHub, module registries, Connect, the access URL itself: Coder's Terraform fetches what templates name.
        Flow("outside", CODER_PODS, OUTSIDE),
        # The reaper asks at the access URL, as everybody else.
        Flow("access-url-from-reaper", _REAPER_PODS, OUTSIDE, _WEB_PORTS),
        *_workspace_flows((*node_cidrs, *api_cidrs), workspace_cidrs),
    )


def _workspace_flows(inside: Sequence[str], extra: Sequence[str]) -> list[Flow]:
    """Return what is the developers' own business: packages, repositories, services under test, the access URL.

    Kubelets and the API server, which are in the networks `inside`, are nobody's business there.
    """
    internet = Addresses(OUTSIDE.cidrs, but_not=tuple(dict.fromkeys((*OUTSIDE.but_not, *inside))))
    flows = [Flow("outside-from-workspaces", Pods(WORKSPACES), internet)]
    if extra:
        flows.append(Flow("extra-from-workspaces", Pods(WORKSPACES), Addresses(tuple(extra))))
    return flows


@dataclass(frozen=True)
class _Gateway:
    """Where the jobs push their metrics to."""

    target: Pods | Addresses
    ports: tuple[Port, ...]


def _asking_and_pushing(jobs: Sequence[Pods], api_server: Addresses, gateway: _Gateway | None) -> list[Flow]:
    asking = [Flow(f"api-server-from-{_app(pods)}", pods, api_server, _API_PORTS) for pods in jobs]
    return [*asking, *_pushing(jobs, gateway)]


def _pushing(sources: Sequence[Pods], gateway: _Gateway | None) -> list[Flow]:
    if gateway is None:
        return []
    return [Flow(f"metrics-from-{_app(pods)}", pods, gateway.target, gateway.ports) for pods in sources]


def _scraping(namespace: str, *, pushgateway: bool) -> list[Flow]:
    scraped = [(CODER_PODS, ports.CODER_METRICS), (REGISTRY_PODS, ports.REGISTRY_DEBUG)]
    scraped += [(PUSHGATEWAY_PODS, ports.PUSHGATEWAY)] if pushgateway else []
    return [Flow(f"metrics-of-{_app(pods)}", Pods(namespace), pods, (Port(port),)) for pods, port in scraped]


def _log_flows(api_server: Addresses, nodes: Addresses, host: LogHost) -> list[Flow]:
    target = Pods(host.namespace) if host.namespace else OUTSIDE
    sending = [] if host.port is None else [Flow("logs-from-log-collector", _LOG_PODS, target, (Port(host.port),))]
    return [
        # It asks for the pods' labels, and the kubelets probe its health.
        Flow("api-server-from-log-collector", _LOG_PODS, api_server, _API_PORTS),
        Flow("log-collector-from-nodes", nodes, _LOG_PODS, (Port(ports.LOG_COLLECTOR),)),
        *sending,
    ]


def _app(pods: Pods) -> str:
    return pods.labels[0][1]
