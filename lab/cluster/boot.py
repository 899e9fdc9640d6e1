"""First process of a lab, inside its new namespaces: prepares them, then becomes the supervisor.

Runs as a script of its own (`python -I boot.py PLAN`), so that it starts fast and imports nothing of the project.
PLAN is a JSON file with the fields of `BootPlan`.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

_DEVICE_WAIT = 15.0
"""Seconds the host has to plug in the cable; a lab whose starter died ends itself after it."""

_OOM_SCORE = "-900"
"""The kernel takes pods before the lab's own processes, where the machine lets root ask for that."""


class BootPlan(TypedDict):
    """What the host tells the lab's first process."""

    directory: str
    cgroups: list[str]
    binds: dict[str, str]
    resolv_conf: str
    device: str
    address: str
    gateway: str
    command: list[str]
    environment: dict[str, str]


def boot(plan: BootPlan) -> None:
    """Prepare cgroups, mounts and network; does not return."""
    for folder in plan["cgroups"]:
        Path(folder, "cgroup.procs").write_text("0")
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    lab = os.open(plan["directory"], os.O_PATH | os.O_DIRECTORY)
    _wait_for_device(plan["device"])
    _mount_private_folders(plan, lab)
    _connect(plan)
    os.chdir("/")
    os.execve(plan["command"][0], plan["command"], plan["environment"])  # noqa: S606 - the supervisor of this lab


def _wait_for_device(device: str) -> None:
    deadline = time.monotonic() + _DEVICE_WAIT
    while device not in {name for _, name in socket.if_nameindex()}:
        if time.monotonic() > deadline:
            sys.exit(f"no {device} within {_DEVICE_WAIT:g} s: the process that started this lab is gone")
        time.sleep(0.01)


def _mount_private_folders(plan: BootPlan, lab: int) -> None:
    resolver = Path("/etc/resolv.conf").resolve()
    # A fresh /run: nothing of the host's services is seen, nothing of a crashed lab is left, socket paths are short.
    _run("mount", "-t", "tmpfs", "-o", "mode=755,size=256m", "spt-run", "/run")
    _mount_system_files()
    _overlay("/var/lib")
    _bring_back(plan["directory"], lab)
    for source, target in plan["binds"].items():
        Path(target).mkdir(parents=True, exist_ok=True)
        _run("mount", "-c", "--bind", f"/proc/self/fd/{lab}/{source}", target, pass_fd=lab)
    if not resolver.exists():
        resolver.parent.mkdir(parents=True, exist_ok=True)
        resolver.touch()
    _run("mount", "-c", "--bind", f"/proc/self/fd/{lab}/{plan['resolv_conf']}", str(resolver), pass_fd=lab)
    # Volumes with mount propagation need shared mounts; the group is this namespace's own.
    _run("mount", "--make-rshared", "/")


def _mount_system_files() -> None:
    """Mount /sys again, so that it shows this network namespace, and keep the control groups below it."""
    kept = Path("/run/cgroup")
    kept.mkdir()
    _run("mount", "--rbind", "/sys/fs/cgroup", str(kept))
    _run("mount", "-t", "sysfs", "sysfs", "/sys")
    _run("mount", "--rbind", str(kept), "/sys/fs/cgroup")
    _run("umount", "--lazy", str(kept))
    kept.rmdir()


def _overlay(folder: str) -> None:
    """Let `folder` take new entries that the host never sees."""
    base = Path("/run/overlay") / folder.strip("/").replace("/", "-")
    upper, work = base / "upper", base / "work"
    upper.mkdir(parents=True)
    work.mkdir()
    options = f"lowerdir={folder},upperdir={upper},workdir={work}"
    _run("mount", "-t", "overlay", "-o", options, "overlay", folder)


def _bring_back(directory: str, lab: int) -> None:
    """Mount the lab's directory at its own path again when one of the private folders has covered it."""
    kept = Path(f"/proc/self/fd/{lab}")
    if not Path(directory).exists() or not kept.samefile(directory):
        Path(directory).mkdir(parents=True, exist_ok=True)
        _run("mount", "-c", "--bind", f"/proc/self/fd/{lab}", directory, pass_fd=lab)


def _connect(plan: BootPlan) -> None:
    _run("ip", "link", "set", "dev", "lo", "up")
    _run("ip", "address", "add", plan["address"], "dev", plan["device"])
    _run("ip", "link", "set", "dev", plan["device"], "up")
    _run("ip", "route", "add", "default", "via", plan["gateway"])
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def _run(*command: str, pass_fd: int | None = None) -> None:
    descriptors = () if pass_fd is None else (pass_fd,)
    done = subprocess.run(
        command, check=False, pass_fds=descriptors, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}")


if __name__ == "__main__":
    boot(json.loads(Path(sys.argv[1]).read_text()))
