"""Host names: which mean something inside a cluster alone, and which a wildcard covers."""

__all__ = ["covers", "is_cluster_internal", "is_host_name", "is_loopback"]

import ipaddress
from typing import Final

from core.kubernetes_names import is_subdomain

_INTERNAL: Final = (".svc", ".cluster.local", ".local", ".localdomain")
_WILDCARD: Final = "*."


def is_cluster_internal(host: str) -> bool:
    """Say whether a host name means something inside a cluster only: a bare name, *.svc, *.cluster.local."""
    return ("." not in host and ":" not in host) or host.endswith(_INTERNAL)


def is_loopback(host: str) -> bool:
    """Say whether a host leads back to the machine that asks: localhost, 127.0.0.0/8, ::1, the unspecified address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_host_name(host: str) -> bool:
    """Say whether the text is a host name as Ingress and Gateway take it: its first label may be a star alone."""
    return is_subdomain(host.removeprefix(_WILDCARD))


def covers(pattern: str, host: str) -> bool:
    """Say whether a name of a certificate covers a host: the same, or a star in place of the first label alone."""
    if pattern == host:
        return True
    label, _, domain = host.partition(".")
    return label not in ("", "*") and pattern == f"{_WILDCARD}{domain}"
