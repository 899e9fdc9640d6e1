"""The checks: each looks at the facts alone and answers None, or what is wrong and what to type next."""

__all__ = ["CHECKS", "Check", "Finding", "notes"]

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from lab.instance import LabInstance
from lab.preflight.facts import HostFacts

GIB: Final = 1024**3

DISK_FROM_NOTHING: Final = 15 * GIB
"""What a machine ends up with, the full workspace image in it: tools 1.4 GiB, archives of images 3.5, steps of image
builds 2.8, a lab with the full image pushed and pulled 6, Python's packages 0.7. The tools' own peak, 10 GiB
(lab/toolchain/disk.py), is over before the rest comes."""

DISK_WITH_TOOLCHAIN: Final = 5 * GIB
"""What images, volumes and the database of a lab take when everything is built already."""

LITTLE_MEMORY: Final = 4 * GIB
"""Below this the lab starts, but the registry and a workspace beside it do not fit."""

_RELEASES: Final = {"debian": 12.0, "ubuntu": 22.04}
_MACHINES: Final = frozenset({"x86_64"})
_CONTROLLERS: Final = {1: ("cpu", "cpuacct", "cpuset", "memory", "pids"), 2: ("cpu", "memory", "pids")}
_PLAIN_PATH: Final = re.compile(r"/[\w./+@=, -]*", re.ASCII)


@dataclass(frozen=True)
class Finding:
    """Why the lab cannot run here: one sentence, and what to type next."""

    sentence: str
    next_command: str | None = None


Check = Callable[[HostFacts, LabInstance], Finding | None]


def check_root(facts: HostFacts, _: LabInstance) -> Finding | None:
    """Ask for root: the lab makes namespaces, devices and mounts."""
    if facts.effective_user == 0:
        return None
    return Finding(f"The lab needs root, and this is user {facts.effective_user}.", "sudo make up")


def check_system(facts: HostFacts, _: LabInstance) -> Finding | None:
    """Ask for a system whose archive holds the lab's packages."""
    oldest = _RELEASES.get(facts.system)
    try:
        release = float(facts.release or "inf")  # Debian testing has no number and is newer than any
    except ValueError:
        release = 0.0
    if oldest is not None and release >= oldest and facts.has_apt:
        return None
    reason = "apt-get is missing" if oldest is not None and release >= oldest else "this is something else"
    return Finding(
        f"The lab runs on Debian 12 or newer and Ubuntu 22.04 or newer, and {reason}: "
        f"{facts.system or 'unknown'} {facts.release}".rstrip()
        + ".",
        "use a cluster of your own: make up STACK=staging",
    )


def check_machine(facts: HostFacts, _: LabInstance) -> Finding | None:
    """Ask for the architecture that the pinned tools and images are made for."""
    if facts.machine in _MACHINES:
        return None
    return Finding(
        f"The lab runs on {', '.join(sorted(_MACHINES))}, and this machine is {facts.machine}.",
        "use a cluster of your own: make up STACK=staging",
    )


def check_directory(_: HostFacts, instance: LabInstance) -> Finding | None:
    """Ask for a plain path: it goes into configuration files of many kinds."""
    if _PLAIN_PATH.fullmatch(str(instance.directory)):
        return None
    return Finding(
        f"The lab's directory {str(instance.directory)!r} must consist of letters, digits, spaces and /._+@=,- only.",
        "move the checkout, then make up",
    )


def check_identity(facts: HostFacts, instance: LabInstance) -> Finding | None:
    """Refuse a directory that belongs to another lab."""
    if facts.kept_name is None or (facts.kept_name, facts.kept_slot) == (instance.name, instance.slot):
        return None
    return Finding(
        f"{instance.directory} holds the lab '{facts.kept_name}' (slot {facts.kept_slot}), "
        f"not '{instance.name}' (slot {instance.slot}).",
        f"SPT_FLOW_LAB_NAME={facts.kept_name} SPT_FLOW_LAB_SLOT={facts.kept_slot} make down",
    )


def check_device(facts: HostFacts, instance: LabInstance) -> Finding | None:
    """Refuse a name that a device of somebody else has."""
    for device in facts.devices:
        if device.name == instance.host_device and device.lab != instance.directory:
            if device.lab is None:
                return Finding(
                    f"The network device {device.name} exists and is not the lab's.",
                    f"ip link show {device.name}; or take another name: SPT_FLOW_LAB_NAME=... make up",
                )
            return Finding(
                f"The network device {device.name} belongs to the lab in {device.lab}.",
                f"make down in the checkout of {device.lab}, or another name: SPT_FLOW_LAB_NAME=... make up",
            )
    return None


def check_networks(facts: HostFacts, instance: LabInstance) -> Finding | None:
    """Refuse addresses in use, for the link, Services (the registry among them) and pods."""
    wanted = {"link": instance.link, "Services": instance.service_cidr, "pods": instance.pod_cidr}
    another = "take another slot: SPT_FLOW_LAB_NAME=... SPT_FLOW_LAB_SLOT=... make up"
    for use, network in wanted.items():
        for device in facts.devices:
            if device.lab != instance.directory and _overlaps(network, device.networks):
                owner = f" (lab in {device.lab})" if device.lab is not None else ""
                return Finding(
                    f"The lab's network for {use}, {network}, overlaps an address of {device.name}{owner}.", another
                )
        own = {device.name for device in facts.devices if device.lab == instance.directory}
        for route in facts.routes:
            if route.device not in own and network.overlaps(route.network):
                return Finding(
                    f"The lab's network for {use}, {network}, overlaps the route {route.network} by {route.device}.",
                    another,
                )
    return None


def check_disk(facts: HostFacts, instance: LabInstance) -> Finding | None:
    """Ask for room before the disk is filled, not after."""
    needed = DISK_WITH_TOOLCHAIN if facts.toolchain_complete else DISK_FROM_NOTHING
    if facts.free_disk >= needed:
        return None
    return Finding(
        f"The lab needs {needed // GIB} GiB of free disk for {instance.directory}, "
        f"and there are {facts.free_disk / GIB:.1f} GiB.",
        "df -h, make room, then make up",
    )


def check_cgroups(facts: HostFacts, _: LabInstance) -> Finding | None:
    """Ask for control groups: the kubelet limits pods by them."""
    if facts.cgroup_version == 0:
        return Finding("The lab needs control groups, and none are mounted at /sys/fs/cgroup.", "mount | grep cgroup")
    missing = [name for name in _CONTROLLERS[facts.cgroup_version] if name not in facts.cgroup_controllers]
    if missing:
        return Finding(
            f"The lab needs the control group controllers {', '.join(missing)}, and this machine does not offer them.",
            "cat /proc/cgroups",
        )
    if not facts.cgroup_writable:
        return Finding("The lab needs control groups it can write to, and /sys/fs/cgroup is mounted read-only.")
    return None


def check_features(facts: HostFacts, _: LabInstance) -> Finding | None:
    """Ask for namespaces, virtual cables, overlay mounts and packet filters."""
    if not facts.missing_features:
        return None
    return Finding(f"This machine's kernel does not let the lab use {', '.join(facts.missing_features)}.")


CHECKS: Final[tuple[Check, ...]] = (
    check_root,
    check_system,
    check_machine,
    check_directory,
    check_identity,
    check_device,
    check_networks,
    check_disk,
    check_cgroups,
    check_features,
)
"""In the order they are judged: the first that fails is shown."""


def notes(facts: HostFacts) -> list[str]:
    """Return what is worth knowing but stops nothing, a sentence each."""
    said = []
    if facts.memory < LITTLE_MEMORY:
        said.append(
            f"This machine has {facts.memory / GIB:.1f} GiB of memory; below {LITTLE_MEMORY // GIB} GiB pods may "
            "be evicted."
        )
    if facts.runtimes:
        said.append(f"{' and '.join(facts.runtimes)} of this machine keep running; the lab does not touch them.")
    return said


def _overlaps(network: IPv4Network, others: tuple[IPv4Network, ...]) -> bool:
    return any(network.overlaps(other) for other in others)
