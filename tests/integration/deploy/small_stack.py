"""Driving the small stack from tests: start it, kill it, and compare cluster, state and processes with what must be."""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from lab.deploy.paths import DeployPaths
from lab.deploy.stack_file import PROJECT_ROOT
from lab.deploy.state_file import state_path
from tests.support.kubectl import Kubectl
from tests.support.small_stack.run import Run

SCRIPT = PROJECT_ROOT / "tests" / "support" / "small_stack" / "run.py"
SELECTOR = "app.kubernetes.io/managed-by=small-stack"


@dataclass
class SmallStack:
    """The small stack in one namespace of a lab."""

    run: Run
    kubectl: Kubectl

    def at(self, generation: int) -> "SmallStack":
        return SmallStack(replace(self.run, generation=generation), self.kubectl)

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), json.dumps(asdict(self.run))],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up(self) -> str:
        with self.start() as process:
            output, _ = process.communicate(timeout=180)
        assert process.returncode == 0, output
        return output

    def expected(self) -> set[str]:
        maps = {f"ConfigMap/map-{n}" if n % 2 == 0 else f"ConfigMap/map-{n}-{self.run.generation}" for n in range(6)}
        return maps | {"Secret/secret", "Deployment/sleeper"}

    def in_cluster(self) -> set[str]:
        listing = self.kubectl.get("-n", self.run.namespace, "configmaps,secrets,deployments", "-l", SELECTOR)
        return {f"{item['kind']}/{item['metadata']['name']}" for item in listing["items"]}

    @property
    def state_file(self) -> Path:
        return state_path(DeployPaths(Path(self.run.directory)).state, "dev")

    def state(self) -> Any:  # noqa: ANN401 - the engine's own JSON
        return json.loads(self.state_file.read_text(encoding="utf-8"))["checkpoint"]["latest"]

    def leave_pending(self, kind: str) -> None:
        """Write into the checkpoint what an engine leaves there that is killed while it works on a resource."""
        content = json.loads(self.state_file.read_text(encoding="utf-8"))
        latest = content["checkpoint"]["latest"]
        resource = next(found for found in latest["resources"] if found["type"].endswith(":ConfigMap"))
        latest["pending_operations"] = [{"resource": resource, "type": kind}]
        self.state_file.write_text(json.dumps(content), encoding="utf-8")
        self.state_file.with_name(f"{self.state_file.name}.attrs").unlink(missing_ok=True)

    def processes(self) -> list[psutil.Process]:
        """Return every process that works for this stack: engine, plugins, analyzer, the run itself."""
        found = []
        for process in psutil.process_iter():
            try:
                belongs = self.run.directory in " ".join([*process.cmdline(), *process.environ().values()])
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            if belongs and process.pid != os.getpid():
                found.append(process)
        return found

    def assert_sound(self) -> None:
        """No orphan, no duplicate, nothing pending, no lock, no process."""
        assert self.in_cluster() == self.expected()
        state = self.state()
        assert not state.get("pending_operations")
        urns = [resource["urn"] for resource in state["resources"]]
        assert len(urns) == len(set(urns)), "one URN stands twice in the state"
        recorded = {
            resource["type"].rsplit(":", 1)[-1] + "/" + resource["id"].rsplit("/", 1)[-1]
            for resource in state["resources"]
            if resource["type"].startswith("kubernetes:") and not resource["type"].endswith(":Namespace")
        }
        assert recorded == self.expected()
        locks = list((DeployPaths(Path(self.run.directory)).state / ".pulumi" / "locks").rglob("*.json"))
        assert locks == []
