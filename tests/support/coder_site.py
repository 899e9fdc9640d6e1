"""The Coder of a lab, as tests use it: the API as the platform's bot, the real CLI, the objects in the cluster."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from pydantic import SecretStr

from core.command import Command, CommandResult
from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.api.workspace_wait import wait_for_agents, wait_for_build
from tests.support.kubectl import Kubectl
from tests.support.patience import wait_until

WORKSPACES = "coder-workspace"
CONTROL_PLANE = "coder"
SMALL = {
    "cpu": "1",
    "memory": "1",
    "disk": "1",
    "enable_nested_virt": "false",
    "install_wasm_tools": "false",
}
"""Parameters of a workspace of the template spt-flow that fits anywhere."""


@dataclass(frozen=True)
class CoderSite:
    """A server, who we are to it, and the cluster it stands in."""

    url: str
    token: SecretStr = field(repr=False)
    kubectl: Kubectl
    binaries: Path

    def client(self, *, transport: httpx.BaseTransport | None = None, token: str | None = None) -> CoderClient:
        return CoderClient(self.url, token or self.token.get_secret_value(), transport=transport)

    def cli(
        self, *words: str, env: Mapping[str, str] | None = None, check: bool = True, timeout: float = 90
    ) -> CommandResult:
        """Run the real `coder`, with a configuration of its own."""
        with TemporaryDirectory(prefix="spt-test-coder-") as folder:
            environment = {
                "CODER_URL": self.url,
                "CODER_SESSION_TOKEN": self.token.get_secret_value(),
                "CODER_CONFIG_DIR": folder,
                **(env or {}),
            }
            return Command("coder", env=environment, path=[self.binaries]).run(*words, check=check, timeout=timeout)

    def ssh(self, workspace: str, command: str, *options: str, env: Mapping[str, str] | None = None) -> str:
        """Return what a command prints in a workspace, reached by `coder ssh`."""
        return self.cli("ssh", "--wait=yes", *options, workspace, "--", command, env=env).stdout

    def start(
        self, client: CoderClient, name: str, *, template: str, parameters: Mapping[str, str], ttl_ms: int | None = None
    ) -> Workspace:
        """Return a new workspace when its agent is ready."""
        found = client.templates.find(template)
        assert found is not None, f"the lab has no template {template}"
        made = client.workspaces.create(name=name, template_id=found.id, parameters=parameters, ttl_ms=ttl_ms)
        wait_for_build(client, made.latest_build, timeout=120)
        return wait_for_agents(client, made.id, timeout=120)

    def stop(self, client: CoderClient, workspace_id: str) -> None:
        wait_for_build(client, client.workspaces.build(workspace_id, "stop"), timeout=120)

    def resume(self, client: CoderClient, workspace_id: str, *, version_id: str | None = None) -> Workspace:
        """Start a stopped workspace again; return it when its agent is ready."""
        build = client.workspaces.build(workspace_id, "start", version_id=version_id)
        wait_for_build(client, build, timeout=120)
        return wait_for_agents(client, workspace_id, timeout=120)

    def remove(self, client: CoderClient, workspace_id: str) -> None:
        """Delete a workspace if it is still there, and wait until the server is through with it."""
        latest = client.workspaces.get(workspace_id).latest_build
        if not latest.job.is_finished:
            wait_until(lambda: client.builds.get(latest.id).job.is_finished, seconds=120)
        wait_for_build(client, client.workspaces.delete(workspace_id), timeout=120)

    def objects(self, workspace_id: str) -> list[dict[str, Any]]:
        """Return every object in the cluster that carries a workspace's id."""
        kinds = "deployments,replicasets,pods,persistentvolumeclaims,secrets,services,configmaps"
        found = self.kubectl.get("-n", WORKSPACES, kinds, "-l", f"com.coder.workspace.id={workspace_id}")
        items: list[dict[str, Any]] = found["items"]
        return items

    def kinds(self, workspace_id: str) -> list[str]:
        return sorted(item["kind"] for item in self.objects(workspace_id))

    def pod(self, workspace_id: str) -> dict[str, Any]:
        """Return the one pod of a running workspace."""
        pods = [item for item in self.objects(workspace_id) if item["kind"] == "Pod"]
        assert len(pods) == 1, f"{len(pods)} pods"
        return pods[0]

    def server_pods(self, *, leaving: bool = False) -> list[str]:
        """Return the names of the server's pods; with `leaving`, of those too that are being deleted."""
        pods = self.kubectl.get("-n", CONTROL_PLANE, "pods", "-l", "app.kubernetes.io/name=coder")["items"]
        return [pod["metadata"]["name"] for pod in pods if leaving or "deletionTimestamp" not in pod["metadata"]]

    def restart_server(self) -> None:
        """Take the server's pod away, as a rollout or a node's failure does, and do not wait for the next one."""
        for name in self.server_pods():
            self.kubectl.run("-n", CONTROL_PLANE, "delete", f"pod/{name}", "--wait=false")

    def job_from(self, cron_job: str, name: str, change: Callable[[dict[str, Any]], None] | None = None) -> str:
        """Run a Job made from a CronJob to its end, changed by `change`, and return what it logged; it is removed."""
        listed = self.kubectl.run(
            "-n", CONTROL_PLANE, "create", "job", name, f"--from=cronjob/{cron_job}", "--dry-run=client", "-o", "json"
        )
        job: dict[str, Any] = json.loads(listed.stdout)
        # Nobody but this test is to look after it.
        job["metadata"].pop("ownerReferences", None)
        job["spec"]["backoffLimit"] = 0
        if change is not None:
            change(job["spec"]["template"]["spec"]["containers"][0])
        try:
            self.kubectl.apply(job)
            wait_until(lambda: self._ended(name), seconds=120)
            return self.kubectl.run("-n", CONTROL_PLANE, "logs", f"job/{name}").stdout
        finally:
            self.kubectl.delete(f"job/{name}", namespace=CONTROL_PLANE)

    def _ended(self, name: str) -> bool:
        status = self.kubectl.get("-n", CONTROL_PLANE, "job", name)["status"]
        return bool(status.get("succeeded") or status.get("failed"))


@contextmanager
def ssh_agent() -> Iterator[tuple[str, str]]:
    """Run a real ssh-agent with a throw-away key; yield its socket and the key's fingerprint."""
    with TemporaryDirectory(prefix="spt-test-agent-") as folder:
        key, socket = Path(folder) / "key", Path(folder) / "socket"
        Command("ssh-keygen").run("-q", "-t", "ed25519", "-N", "", "-C", "throw-away", "-f", str(key))
        fingerprint = Command("ssh-keygen").run("-l", "-f", str(key)).stdout.split()[1]
        agent = Command("ssh-agent").start("-D", "-a", str(socket))
        try:
            wait_until(socket.exists)
            Command("ssh-add", env={"SSH_AUTH_SOCK": str(socket)}).run("-q", str(key))
            yield str(socket), fingerprint
        finally:
            agent.terminate()
            agent.wait()
