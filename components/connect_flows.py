"""Who may talk to 1Password Connect, where the platform runs it, or where it is in the same cluster."""

__all__ = ["CONNECT_PODS", "connect_flows"]

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import ports
from components.network_flows import CODER, CODER_PODS, OUTSIDE, Addresses, Flow, Pods, Port
from core.host_names import is_cluster_internal

CONNECT_PODS: Final = Pods(CODER, labels=(("app.kubernetes.io/name", "onepassword-connect"),))
_PORTS: Final = (Port(ports.ONEPASSWORD_CONNECT),)
_HEALTH_PORTS: Final = (Port(ports.ONEPASSWORD_CONNECT), Port(ports.ONEPASSWORD_CONNECT_SYNC))


def connect_flows(
    node_cidrs: Sequence[str], *, installed: bool, host: str = "", operator_namespace: str = ""
) -> tuple[Flow, ...]:
    """Return the rows: for a server of the platform's own, else for the one at the URL `host`, if it is in the cluster.

    In `operator_namespace` are the pods of an operator that asks the platform's own server. A server outside of the
    cluster needs no row: Coder's pods may open connections there anyway.
    """
    if not installed:
        namespace = _namespace(host)
        return (Flow("connect", CODER_PODS, Pods(namespace), (Port(_port(host)),)),) if namespace else ()
    operator = [Flow("connect-from-operator", Pods(operator_namespace), CONNECT_PODS, _PORTS)]
    return (
        Flow("connect", CODER_PODS, CONNECT_PODS, _PORTS),
        # The kubelets probe both containers' health.
        Flow("connect-from-nodes", Addresses(tuple(node_cidrs)), CONNECT_PODS, _HEALTH_PORTS),
        # 1Password's own service.
        Flow("outside-from-connect", CONNECT_PODS, OUTSIDE, (Port(ports.HTTPS),)),
        *(operator if operator_namespace else ()),
    )


def _namespace(url: str) -> str:
    """Return the namespace of a Service that a URL names, an empty string for any other host."""
    host = urlsplit(url).hostname or ""
    parts = host.split(".")
    return parts[1] if is_cluster_internal(host) and len(parts) > 2 and parts[2] == "svc" else ""  # noqa: PLR2004 - service, namespace


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (ports.HTTPS if parts.scheme == "https" else ports.HTTP)
