"""Starting a lab's first process in new namespaces, detached from the caller."""

__all__ = ["build_boot_plan", "launch", "plan_digest"]

import hashlib
import json
import os
import sys
import time
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import boot, network
from lab.cluster.cgroup import CgroupTree
from lab.cluster.journal import Journal
from lab.cluster.layout import LOCAL_LOG_TARGET, SUPERVISOR_SOCKET, ClusterLayout
from lab.cluster.log_tail import log_tail
from lab.cluster.record import LabRecord, process_started, write_record
from lab.cluster.stored_file import write_if_changed
from lab.instance import LabInstance

_BOOT_TIMEOUT = 20.0
"""Seconds from the launch to the supervisor's socket; it takes less than one."""

_NAMESPACES = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private")


def build_boot_plan(instance: LabInstance, environment: dict[str, str], supervisor_file: Path) -> boot.BootPlan:
    """Return what the first process is told."""
    return {
        "directory": str(instance.directory),
        "cgroups": [str(folder) for folder in CgroupTree(instance.cgroup).joined()],
        "binds": {
            "containerd": "/var/lib/containerd",
            "kubelet": "/var/lib/kubelet",
            "logs/node": str(LOCAL_LOG_TARGET),
        },
        "resolv_conf": "config/resolv.conf",
        "device": network.INSIDE_DEVICE,
        "address": f"{instance.node_address}/{instance.link.prefixlen}",
        "gateway": str(instance.host_address),
        "command": [sys.executable, "-I", "-m", "supervisor.supervisord", "-c", str(supervisor_file)],
        "environment": environment,
    }


def plan_digest(plan: boot.BootPlan) -> str:
    """Return what identifies a plan."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()[:16]


def launch(instance: LabInstance, plan: boot.BootPlan) -> LabRecord:
    """Start the lab's first process and plug it in; return once its supervisor answers."""
    layout = ClusterLayout.of(instance)
    journal = Journal(layout.journal)
    CgroupTree(instance.cgroup).create(journal)
    plan_file = layout.config / "boot.json"
    write_if_changed(plan_file, json.dumps(plan, indent=2), mode=0o600)
    with layout.log("boot").open("wb") as output:
        outer = Command("unshare", env={"LC_ALL": "C.UTF-8"}).start(
            *_NAMESPACES, sys.executable, "-I", str(Path(boot.__file__)), str(plan_file), output=output
        )
    pid = _child_of(outer.pid, layout)
    record = LabRecord(pid=pid, started=process_started(pid) or 0, plan=plan_digest(plan))
    write_record(layout, record)
    network.attach(instance, pid, journal)
    _wait_for_socket(pid, layout)
    return record


def _child_of(parent: int, layout: ClusterLayout) -> int:
    deadline = time.monotonic() + _BOOT_TIMEOUT
    while time.monotonic() < deadline:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            break
        if children:
            return int(children[0])
        os.waitpid(parent, os.WNOHANG)
        time.sleep(0.005)
    raise SptFlowError(f"The lab's namespaces cannot be made: {log_tail(layout.log('boot')) or 'unshare ended'}")


def _wait_for_socket(pid: int, layout: ClusterLayout) -> None:
    deadline = time.monotonic() + _BOOT_TIMEOUT
    socket_path = Path(f"/proc/{pid}/root{SUPERVISOR_SOCKET}")
    while not socket_path.exists():
        if process_started(pid) is None or time.monotonic() > deadline:
            reason = log_tail(layout.log("boot")) or log_tail(layout.log("supervisord")) or "it said nothing"
            raise SptFlowError(f"The lab's first process did not come up: {reason}")
        time.sleep(0.02)
