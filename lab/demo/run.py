"""The demo from beginning to end; whatever happens in between, nothing of it stays."""

__all__ = ["DemoResult", "DemoStoppedError", "run_demo"]

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from core.command import Command
from core.errors import SptFlowError
from lab.demo.access import coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import GREETING, REPOSITORY, make_repository
from lab.demo.shell import CoderShell
from lab.demo.traces import traces_of, wait_until_gone
from lab.demo.workspace import (
    create_workspace,
    delete_workspace,
    leftovers,
    new_name,
    wait_until_ready,
)
from lab.deploy.run_lock import run_lock
from lab.instance import LabInstance
from lab.progress import Progress, Step
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient


class DemoStoppedError(SptFlowError):
    """The user stopped the demo; it has cleaned up."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("Stopped on request; nothing of the demo is left.", next_command="make demo")


@dataclass(frozen=True)
class DemoResult:
    """What the demo showed: the server, what ran in the workspace, and how long each step took, in seconds."""

    coder: str
    version: str
    workspace: str
    commit: str
    output: tuple[str, ...]
    seconds: dict[str, float]
    kept: bool


@dataclass
class _Clock:
    """Steps shown and timed."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, key: str, title: str) -> Iterator[Step]:
        started = time.monotonic()
        with self.progress.step(title) as step:
            yield step
        self.seconds[key] = round(time.monotonic() - started, 2)


def run_demo(instance: LabInstance, toolchain: Toolchain, progress: Progress, *, keep: bool = False) -> DemoResult:
    """Show the platform at work: serve a new repository, start a workspace with a clone of it, run a command there.

    In the end everything is deleted again, and the cluster is asked whether that is so.
    With `keep` the workspace stays. Raises SptFlowError for a lab that is not there and for anything that does not
    work as it should; DemoStoppedError after Ctrl-C.
    """
    try:
        return _run(instance, toolchain, _Clock(progress), keep=keep)
    except KeyboardInterrupt:
        raise DemoStoppedError from None


def _run(instance: LabInstance, toolchain: Toolchain, clock: _Clock, *, keep: bool) -> DemoResult:
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
    with clock.step("lab", "Lab and Coder"):
        access = coder_access(instance, toolchain)
    with (
        run_lock(instance.run / "demo.lock", purpose="make demo"),
        tempfile.TemporaryDirectory(prefix="spt-demo-") as folder,
        owner_session(access) as token,
        CoderClient(access.url, token.get_secret_value()) as client,
    ):
        _clear(client, clock)
        with clock.step("repository", f"Repository {REPOSITORY}"):
            commit = make_repository(Path(folder))
        name = new_name(keep=keep)
        visit = _Visit(client, kubectl, CoderShell(toolchain.bin, access.url, token), clock)
        with served_repositories(Path(folder) / "served", str(instance.host_address)) as base:
            output = visit.of(name, f"{base}/{REPOSITORY}.git", commit, keep=keep)
    return DemoResult(access.url, access.version, name, commit, output, clock.seconds, kept=keep)


def _clear(client: CoderClient, clock: _Clock) -> None:
    with clock.step("leftovers", "Leftovers of earlier demos") as step:
        found = leftovers(client)
        if not found:
            step.unchanged("none")
        for workspace in found:
            step.note(f"deleting {workspace.name}")
            delete_workspace(client, workspace, step.note)


@dataclass(frozen=True)
class _Visit:
    """One workspace's life."""

    client: CoderClient
    kubectl: Command
    shell: CoderShell
    clock: _Clock

    def of(self, name: str, repository: str, commit: str, *, keep: bool) -> tuple[str, ...]:
        """Return what the command in the workspace printed."""
        try:
            output = self._spend(name, repository, commit)
        except BaseException:
            self._remove(name)
            raise
        if not keep:
            self._remove(name)
        return output

    def _spend(self, name: str, repository: str, commit: str) -> tuple[str, ...]:
        with self.clock.step("create", f"Workspace {name} asked for, with {repository}"):
            workspace = create_workspace(self.client, name, repository=repository)
        with self.clock.step("ready", "Workspace built, agent ready") as step:
            wait_until_ready(self.client, workspace, step.note)
        with self.clock.step("command", f"coder ssh {name}: what the clone holds"):
            output = self._look(name, commit)
        if not traces_of(self.kubectl, workspace.id):
            raise SptFlowError(f"The workspace {name} runs, but no object in the cluster carries its id.")
        return output

    def _look(self, name: str, commit: str) -> tuple[str, ...]:
        shown = self.shell.run(name, f"cd {REPOSITORY} && git rev-parse HEAD && ./hello.sh").stdout.splitlines()
        if not shown or shown[0].strip() != commit or GREETING not in shown:
            raise SptFlowError(f"The workspace's clone is not at commit {commit}: it shows {shown[:3]}.")
        return tuple(line.rstrip() for line in shown[1:])

    def _remove(self, name: str) -> None:
        # By name: the answer to the request that made it may have been lost.
        workspace = self.client.workspaces.find(name)
        if workspace is None:
            return
        with self.clock.step("delete", f"Workspace {name} deleted") as step:
            delete_workspace(self.client, workspace, step.note)
        with self.clock.step("traces", "Nothing of it left in the cluster"):
            wait_until_gone(self.kubectl, workspace.id)
