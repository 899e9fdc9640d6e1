"""Which name servers the lab may ask: those of the host that can be reached from another network namespace."""

__all__ = ["build_resolv_conf", "upstream_servers"]

from ipaddress import IPv4Address
from pathlib import Path

_CANDIDATES = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))
"""The second names the real servers where the first points at a stub on the host's loopback."""


def upstream_servers(candidates: tuple[Path, ...] = _CANDIDATES) -> list[str]:
    """Return IPv4 name servers in the order of the first file that has any that are not on the host's loopback."""
    for path in candidates:
        try:
            text = path.read_text(errors="replace")
        except OSError:
            continue
        if servers := [server for server in _servers(text) if _reachable(server)]:
            return servers
    return []


def build_resolv_conf(servers: list[str]) -> str:
    """Return the text of the lab's resolv.conf; without servers it names none, and only cluster names resolve."""
    lines = [f"nameserver {server}" for server in servers[:3]]
    return "\n".join(["# Name servers of the host, as the lab can reach them.", *lines]) + "\n"


def _servers(text: str) -> list[str]:
    words = (line.split() for line in text.splitlines())
    return [parts[1] for parts in words if len(parts) > 1 and parts[0] == "nameserver"]


def _reachable(server: str) -> bool:
    try:
        address = IPv4Address(server)
    except ValueError:
        return False
    return not address.is_loopback and not address.is_unspecified
