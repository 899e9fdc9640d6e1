"""helm as this plugin runs it: one client for one namespace of one cluster."""

__all__ = ["HelmClient", "HelmFailedError", "InstalledRelease", "Revision"]

import asyncio
import contextlib
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from core.command import Command
from core.errors import CommandFailedError, CommandNotFoundError, SptFlowError
from lab.plugins.kubernetes.helm_release_arguments import OWNER_LABEL
from lab.plugins.protocol.errors import OperationCancelledError
from lab.plugins.protocol.host import Host

_QUERY_SECONDS = 60.0
_STOP_SECONDS = 20.0
_NOT_FOUND = "release: not found"


class HelmConnection(Protocol):
    """What helm needs to know of a cluster."""

    context: str

    def kubeconfig_file(self) -> Path:
        """Return a kubeconfig that leads to the cluster, readable by this user only."""


class HelmFailedError(SptFlowError):
    """helm did not do what it was asked; the message is its own reason."""


@dataclass(frozen=True)
class InstalledRelease:
    """A release as helm's records have it; `values` are those given to it, `status` is helm's word for its state."""

    name: str
    namespace: str
    revision: int
    status: str
    description: str
    manifest: str = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    chart: str
    version: str
    app_version: str

    @property
    def pending(self) -> bool:
        """Whether an operation on it began and never ended: helm refuses to touch it again."""
        return self.status.startswith("pending-") or self.status == "uninstalling"


@dataclass(frozen=True)
class Revision:
    """One line of a release's history."""

    number: int
    status: str


class HelmClient:
    """Runs helm against one namespace. Queries raise HelmFailedError with helm's own words."""

    def __init__(self, connection: HelmConnection, namespace: str) -> None:
        self._connection = connection
        self._namespace = namespace
        self._helm = Command("helm")

    async def find(self, name: str) -> InstalledRelease | None:
        """Return the newest revision of a release, or None when there is none."""
        try:
            status, about = await asyncio.gather(
                self._query("status", name, "--output", "json"),
                self._query("get", "metadata", name, "--output", "json"),
            )
        except HelmFailedError as error:
            if _NOT_FOUND in error.message:
                return None
            raise
        info = status.get("info") or {}
        return InstalledRelease(
            name=str(status["name"]),
            namespace=str(status["namespace"]),
            revision=int(status["version"]),
            status=str(info.get("status", "")),
            description=str(info.get("description", "")),
            manifest=str(status.get("manifest", "")),
            values=status.get("config") or {},
            chart=str(about.get("chart", "")),
            version=str(about.get("version", "")),
            app_version=str(about.get("appVersion", "")),
        )

    async def owned(self, name: str, owner: str) -> bool:
        """Return whether the release was made under the owner's label."""
        # helm takes the filter for a regular expression; a release's name has no character special to one but the dot.
        pattern = f"^{name.replace('.', '[.]')}$"
        found = await self._query(
            "list", "--all", "--filter", pattern, "--selector", f"{OWNER_LABEL}={owner}", "--output", "json"
        )
        return bool(found)

    async def history(self, name: str) -> list[Revision]:
        """Return all revisions kept, oldest first."""
        lines = await self._query("history", name, "--max", "1000", "--output", "json")
        return [Revision(int(line["revision"]), str(line["status"])) for line in lines]

    async def lint(self, chart: Path, values: Path) -> None:
        """Raise HelmFailedError when helm finds an error in the chart or in what the values make of it."""
        await self._call("lint", str(chart), "--values", str(values))

    async def operate(self, host: Host, *arguments: str) -> None:
        """Run a command that changes the cluster; raise HelmFailedError with its reason.

        When the engine cancels, helm is asked to stop, marks the release failed, and OperationCancelledError is raised.
        Should this process die, so does helm.
        """
        with tempfile.TemporaryFile() as output:
            # Not in a thread: the kernel ties helm's life to the thread that starts it.
            process = self._start(*arguments, output=output)
            ended = asyncio.create_task(asyncio.to_thread(process.wait))
            cancelled = asyncio.create_task(host.cancelled.wait())
            try:
                await asyncio.wait({ended, cancelled}, return_when=asyncio.FIRST_COMPLETED)
                if not ended.done():
                    raise OperationCancelledError(f"'helm {arguments[0]}' of the release '{arguments[1]}'")
            finally:
                cancelled.cancel()
                await _stop(process, ended)
            if process.returncode != 0:
                output.seek(0)
                raise HelmFailedError(_reason(output.read().decode(errors="replace")))

    def _start(self, *arguments: str, output: IO[bytes]) -> subprocess.Popen[bytes]:
        command = [self._helm.locate(), *arguments, *self._target()]
        with contextlib.suppress(CommandNotFoundError):
            return Command("setpriv").start("--pdeathsig", "TERM", "--", *command, output=output)
        return self._helm.start(*command[1:], output=output)

    async def _query(self, *arguments: str) -> Any:  # noqa: ANN401 - helm's JSON
        text = await self._call(*arguments, *self._target())
        try:
            return json.loads(text or "null")
        except ValueError:
            raise HelmFailedError(f"'helm {arguments[0]}' printed something that is not JSON.") from None

    async def _call(self, *arguments: str) -> str:
        try:
            done = await asyncio.to_thread(self._helm.run, *arguments, timeout=_QUERY_SECONDS)
        except CommandFailedError as error:
            raise HelmFailedError(_reason(error.stderr or error.stdout)) from None
        return done.stdout

    def _target(self) -> list[str]:
        kubeconfig = str(self._connection.kubeconfig_file())
        context = ["--kube-context", self._connection.context] if self._connection.context else []
        return ["--kubeconfig", kubeconfig, *context, "--namespace", self._namespace]


async def _stop(process: subprocess.Popen[bytes], ended: "asyncio.Task[int]") -> None:
    """Bring the process to its end, gently first."""
    for signal in (process.terminate, process.kill):
        if ended.done():
            return
        signal()
        await asyncio.wait({ended}, timeout=_STOP_SECONDS)


def _reason(output: str) -> str:
    """Return helm's error without its warnings and headings, on one line."""
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()]
    starts = [index for index, line in enumerate(lines) if line.startswith("Error:")]
    text = " ".join(lines[starts[-1] :] if starts else lines[-3:]).removeprefix("Error:").strip()
    return text or "helm failed and gave no reason"
