"""Looking at the machine: reads files, asks the kernel, tries features in throw-away namespaces; changes nothing."""

__all__ = ["gather_facts"]

import os
import platform
import shutil
import socket
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path

import psutil

from core.command import Command
from core.errors import SptFlowError
from lab.cluster.network import owner_of_device
from lab.instance import LabInstance
from lab.preflight.facts import Device, HostFacts, Route
from lab.toolchain import toolchain_bin
from lab.toolchain.disk import used_bytes

_CGROUP = Path("/sys/fs/cgroup")
_RUNTIMES = ("dockerd", "containerd", "podman", "crio")
_PROBE_SECONDS = 20.0

_OVERLAY = (
    "mount -t tmpfs none /run && mkdir /run/upper /run/work && "
    "mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work none /etc"
)
_RULES = (
    "iptables -t nat -A POSTROUTING -m comment --comment try -j MASQUERADE && "
    "iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT"
)
_PROBES = (
    ("mount, network and process namespaces", "unshare", "true"),
    ("virtual network cables (veth)", "ip", "ip link add spt-try0 type veth peer name spt-try1"),
    ("overlay mounts", "mount", _OVERLAY),
    ("iptables with NAT and connection tracking", "iptables", _RULES),
)
"""What is tried: its name in a message, the program it needs (without it the try is left out), the try itself."""

_UNSHARE = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")


def gather_facts(instance: LabInstance, *, toolchain_complete: bool) -> HostFacts:
    """Return what the checks need to know about this machine for `instance`."""
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    kept = _kept(instance)
    version, controllers = _cgroups()
    return HostFacts(
        effective_user=os.geteuid(),
        system=release.get("ID", ""),
        release=release.get("VERSION_ID", ""),
        machine=platform.machine(),
        has_apt=shutil.which("apt-get", path="/usr/bin:/bin") is not None,
        devices=_devices(),
        routes=_routes(Path("/proc/net/route").read_text()),
        free_disk=_room(_existing(instance.directory), toolchain_complete=toolchain_complete),
        toolchain_complete=toolchain_complete,
        memory=psutil.virtual_memory().total,
        cgroup_version=version,
        cgroup_controllers=controllers,
        cgroup_writable=os.access(_CGROUP if version == 2 else _CGROUP / "memory", os.W_OK),  # noqa: PLR2004 - version
        missing_features=_missing_features() if os.geteuid() == 0 else (),
        runtimes=_runtimes(),
        kept_name=None if kept is None else kept.name,
        kept_slot=None if kept is None else kept.slot,
    )


def _kept(instance: LabInstance) -> LabInstance | None:
    try:
        return LabInstance.load(instance.directory)
    except PermissionError:
        return None


def _room(folder: Path, *, toolchain_complete: bool) -> int:
    """Return what is free; what an interrupted build of the tools left on the same disk will be used, and counts."""
    free, cache = shutil.disk_usage(folder).free, toolchain_bin().parent
    if toolchain_complete or not cache.is_dir() or cache.stat().st_dev != folder.stat().st_dev:
        return free
    return free + used_bytes(cache)


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _devices() -> tuple[Device, ...]:
    addresses = psutil.net_if_addrs()
    names = sorted({*addresses, *(name for _, name in socket.if_nameindex())})
    return tuple(
        Device(
            name=name,
            networks=tuple(
                IPv4Interface(f"{entry.address}/{entry.netmask or 32}").network
                for entry in addresses.get(name, [])
                if entry.family == socket.AF_INET
            ),
            lab=owner_of_device(name),
        )
        for name in names
    )


def _routes(table: str) -> tuple[Route, ...]:
    """Read the kernel's own table: addresses are hexadecimal, lowest byte first."""
    routes = []
    for line in table.splitlines()[1:]:
        device, destination, _, _, _, _, _, mask = line.split()[:8]
        network = IPv4Network((_address(destination), _address(mask)))
        if network.prefixlen:
            routes.append(Route(network, device))
    return tuple(routes)


def _address(text: str) -> str:
    return socket.inet_ntoa(int(text, 16).to_bytes(4, "little"))


def _cgroups(root: Path = _CGROUP) -> tuple[int, frozenset[str]]:
    unified = root / "cgroup.controllers"
    if unified.is_file():
        return 2, frozenset(unified.read_text().split())
    if not root.is_dir():
        return 0, frozenset()
    mounted = {folder.name for folder in root.iterdir() if (folder / "cgroup.procs").is_file()}
    # Joined hierarchies, such as "cpu,cpuacct", have links by their single names beside them.
    controllers = frozenset(name for folder in mounted for name in folder.split(","))
    return (1 if controllers else 0), controllers


def _missing_features() -> tuple[str, ...]:
    return tuple(name for name, program, attempt in _PROBES if shutil.which(program) and not _works(attempt))


def _works(attempt: str) -> bool:
    try:
        done = Command("unshare").run(*_UNSHARE, "sh", "-c", attempt, check=False, timeout=_PROBE_SECONDS)
    except SptFlowError:
        return False
    return done.returncode == 0


def _runtimes() -> tuple[str, ...]:
    """Return runtimes outside any lab: those of a lab live in a process namespace of their own."""
    own = Path("/proc/self/ns/pid").readlink() if os.geteuid() == 0 else None
    found = set()
    for process in psutil.process_iter(["name"]):
        name = process.info["name"]
        if name in _RUNTIMES and (own is None or _namespace(process.pid) == own):
            found.add(name)
    return tuple(sorted(found))


def _namespace(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/ns/pid").readlink()
    except OSError:
        return None
