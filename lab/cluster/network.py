"""The lab's cable to the host: device pair, addresses, routes, and the rules that let its packets out."""

__all__ = [
    "INSIDE_DEVICE",
    "attach",
    "build_rules",
    "detach",
    "ensure_reachable",
    "other_lab_directories",
    "owner_of_device",
]

import json
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.cluster.journal import Change, Journal
from lab.instance import LabInstance

INSIDE_DEVICE = "eth0"
"""The lab's end of the cable, inside its namespace."""

_ALIAS = "spt-flow:"
"""Written on the host's end, followed by the lab's directory: who a device belongs to can be read from it."""


def build_rules(instance: LabInstance) -> list[tuple[str, str, list[str]]]:
    """Return the host's iptables rules as (table, chain, rule).

    They go before all others, so that a FORWARD policy of DROP, such as Docker sets, does not cut the lab off.
    """
    device = instance.host_device
    mark = ["-m", "comment", "--comment", f"spt-flow {instance.name}"]
    replies = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"]
    return [
        ("nat", "POSTROUTING", ["-s", str(instance.link), "!", "-o", device, *mark, "-j", "MASQUERADE"]),
        ("filter", "FORWARD", ["-i", device, *mark, "-j", "ACCEPT"]),
        ("filter", "FORWARD", ["-o", device, *replies, *mark, "-j", "ACCEPT"]),
    ]


def attach(instance: LabInstance, pid: int, journal: Journal) -> None:
    """Connect the network namespace of process `pid` with the host; the lab sets up its own end."""
    ip = Command("ip")
    device = instance.host_device
    journal.record(Change("device", device))
    if owner_of_device(device) == instance.directory:
        _delete_device(device)
    ip.run("link", "add", device, "type", "veth", "peer", "name", INSIDE_DEVICE, "netns", str(pid))
    ip.run("link", "set", "dev", device, "alias", f"{_ALIAS}{instance.directory}")
    ensure_reachable(instance, journal)


def ensure_reachable(instance: LabInstance, journal: Journal) -> None:
    """Make address, routes and rules of the host's end what they must be, whoever has removed some of them."""
    ip = Command("ip")
    device = instance.host_device
    ip.run("address", "replace", f"{instance.host_address}/{instance.link.prefixlen}", "dev", device)
    ip.run("link", "set", "dev", device, "up")
    ip.run("route", "replace", str(instance.service_cidr), "via", str(instance.node_address), "dev", device)
    for table, chain, rule in build_rules(instance):
        _insert_rule(table, chain, rule, journal)


def detach(change: Change, instance: LabInstance) -> None:
    """Undo one recorded device or rule."""
    if change.kind == "device" and owner_of_device(change.subject) in {instance.directory, None}:
        _delete_device(change.subject)
    if change.kind == "rule":
        table, chain, *rule = json.loads(change.subject)
        tables = Command("iptables")
        while tables.run("-w", "-t", table, "-C", chain, *rule, check=False).returncode == 0:
            tables.run("-w", "-t", table, "-D", chain, *rule)


def owner_of_device(device: str) -> Path | None:
    """Return the directory of the lab that a device belongs to; None when there is no device, or it is no lab's."""
    try:
        alias = Path("/sys/class/net", device, "ifalias").read_text().strip()
    except OSError:
        return None
    return Path(alias.removeprefix(_ALIAS)) if alias.startswith(_ALIAS) else None


def other_lab_directories(instance: LabInstance) -> list[Path]:
    """Return the directories of the other labs that have a device on this machine now."""
    owners = (owner_of_device(device.name) for device in sorted(Path("/sys/class/net").iterdir()))
    return [owner for owner in owners if owner is not None and owner != instance.directory]


def _insert_rule(table: str, chain: str, rule: list[str], journal: Journal) -> None:
    journal.record(Change("rule", json.dumps([table, chain, *rule])))
    tables = Command("iptables")
    if tables.run("-w", "-t", table, "-C", chain, *rule, check=False).returncode == 0:
        return
    done = tables.run("-w", "-t", table, "-I", chain, "1", *rule, check=False)
    if done.returncode != 0:
        reason = " ".join((done.stderr or done.stdout).split())
        raise SptFlowError(f"iptables refused a rule of the lab in table {table}, chain {chain}: {reason}")


def _delete_device(device: str) -> None:
    if Path("/sys/class/net", device).exists():
        done = Command("ip").run("link", "delete", "dev", device, check=False)
        # It may have gone by itself, with the namespace at its other end.
        if done.returncode != 0 and Path("/sys/class/net", device).exists():
            raise SptFlowError(f"The network device {device} cannot be removed: {done.stderr.strip()}")
