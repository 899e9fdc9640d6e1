"""First process of the builder's namespaces: starts containerd and dockerd, ends them when nobody builds any more.

Runs as a script of its own (`python -I guardian.py PLAN`), so that it starts fast and imports nothing of the project.
PLAN is a JSON file with the fields of `GuardianPlan`. When it dies, however that is, the kernel ends every process of
its PID namespace and drops every mount made in its mount namespace: no start has to clean up after a crash.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

_POLL_SECONDS = 0.2
_SOCKET_SECONDS = 30.0
_STOP_SECONDS = 10.0
_TIDY_SECONDS = 20.0


class GuardianPlan(TypedDict):
    """What the guardian is told."""

    users: str
    running: str
    socket: str
    containerd: list[str]
    containerd_socket: str
    dockerd: list[str]
    tidy: list[list[str]]
    environment: dict[str, str]
    cgroup: str


def guard(plan: GuardianPlan) -> None:
    """Run the daemons until the last user is gone."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda which, _: asked.append(which))
    _cover_run()
    Path(plan["socket"]).unlink(missing_ok=True)
    with Path(plan["users"]).open("a") as users, Path(plan["running"]).open("a") as running:
        fcntl.flock(running, fcntl.LOCK_EX)
        containerd = _start(plan["containerd"], plan)
        _wait_for(Path(plan["containerd_socket"]), containerd)
        dockerd = _start(plan["dockerd"], plan)
        try:
            while not asked and not _nobody_left(users.fileno()):
                ended = _reap(containerd, dockerd)
                if ended is not None:
                    sys.exit(f"builder: {ended} ended by itself")
                time.sleep(_POLL_SECONDS)
            _tidy(plan)
        finally:
            # The users' lock is ours until the very end: whoever comes now waits for a fresh daemon.
            for process in (dockerd, containerd):
                _stop(process)
            Path(plan["socket"]).unlink(missing_ok=True)
            _remove_cgroups(plan["cgroup"])


def _cover_run() -> None:
    """Mount an empty /run: sockets of the host's own Docker are not met, ours leave nothing behind."""
    resolver = Path("/etc/resolv.conf").resolve()
    kept = os.open(resolver.parent, os.O_PATH | os.O_DIRECTORY) if Path("/run") in resolver.parents else None
    _mount("-t", "tmpfs", "-o", "mode=755", "spt-builder", "/run")
    if kept is not None:
        resolver.parent.mkdir(parents=True, exist_ok=True)
        _mount("-c", "--bind", f"/proc/self/fd/{kept}", str(resolver.parent), pass_fd=kept)


def _mount(*args: str, pass_fd: int | None = None) -> None:
    descriptors = () if pass_fd is None else (pass_fd,)
    done = subprocess.run(["mount", *args], check=False, pass_fds=descriptors, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"builder: mount {' '.join(args)} failed")


def _start(command: list[str], plan: GuardianPlan) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=plan["environment"], stdin=subprocess.DEVNULL, cwd="/")


def _wait_for(socket: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _SOCKET_SECONDS
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"builder: {process.args!r} did not come up")  # PID 1 ends, and with it the rest
        time.sleep(0.02)


def _nobody_left(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reap(*daemons: "subprocess.Popen[bytes]") -> str | None:
    """Collect the ended; return the program of a daemon that is among them."""
    for process in daemons:
        if process.poll() is not None:
            return str(process.args[0] if isinstance(process.args, list) else process.args)
    with contextlib.suppress(ChildProcessError):
        # Orphans of build steps are ours, too. The daemons themselves are left to Popen.
        while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
            if found.si_pid in {process.pid for process in daemons}:
                break
            os.waitpid(found.si_pid, 0)
    return None


def _tidy(plan: GuardianPlan) -> None:
    """Remove images that are not needed here any more: where they run they are pulled from a registry."""
    for command in plan["tidy"]:
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                command,
                env=plan["environment"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=False,
                timeout=_TIDY_SECONDS,
            )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _remove_cgroups(name: str) -> None:
    root = Path("/sys/fs/cgroup")
    for group in [root / name, *root.glob(f"*/{name}")]:
        folders = sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True)
        for folder in [*folders, group]:
            with contextlib.suppress(OSError):  # not there, or another builder's
                folder.rmdir()


if __name__ == "__main__":
    guard(json.loads(Path(sys.argv[1]).read_text()))
