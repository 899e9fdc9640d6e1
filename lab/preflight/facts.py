"""What is known about a machine before a lab is started on it."""

__all__ = ["Device", "HostFacts", "Route"]

from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path


@dataclass(frozen=True)
class Device:
    """A network device; `lab` is the directory of the lab it belongs to, None for any other device."""

    name: str
    networks: tuple[IPv4Network, ...] = ()
    lab: Path | None = None


@dataclass(frozen=True)
class Route:
    """A route of the main table, other than the default route."""

    network: IPv4Network
    device: str


@dataclass(frozen=True)
class HostFacts:
    """A machine as the checks see it. Sizes are in bytes."""

    effective_user: int
    system: str
    """ID of /etc/os-release, for example "debian"."""
    release: str
    """VERSION_ID of /etc/os-release, for example "12"."""
    machine: str
    """Architecture as `uname -m` says it."""
    has_apt: bool
    devices: tuple[Device, ...]
    routes: tuple[Route, ...]
    free_disk: int
    """Free space where the lab's directory is, or will be, with what a stopped build of the tools left there."""
    toolchain_complete: bool
    memory: int
    cgroup_version: int
    """1 (or hybrid), 2, or 0 when no control groups are mounted."""
    cgroup_controllers: frozenset[str]
    cgroup_writable: bool
    missing_features: tuple[str, ...]
    """Kernel features that were tried and failed, each in a few words."""
    runtimes: tuple[str, ...]
    """Container runtimes of the user's that run now, for example "dockerd"."""
    kept_name: str | None
    kept_slot: int | None
    """Identity kept in the lab's directory, when a lab has been started there."""
