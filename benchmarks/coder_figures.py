"""Times of templates and workspaces on the real Coder of a lab: a push without a change, a start, many restarts."""

__all__ = ["archive_figure", "coder_figures"]

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.figure import Figure, timed
from core.command import Command
from lab.demo.access import coder_access, owner_session
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.models.workspace import Workspace
from sptcoder.api.workspace_wait import wait_for_agents, wait_for_build
from sptcoder.templates.archive import SIZE_LIMIT, pack_template
from sptcoder.templates.workspace_removal import remove_workspace

_REPEATS: Final = 5
_RESTARTS: Final = int(os.environ.get("RESTARTS", "20"))
_SECONDS: Final = 180.0
_TEMPLATES: Final = PROJECT_ROOT / "templates"
_TINY: Final = """terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}
"""
_SMALL: Final = {"cpu": "1", "memory": "1", "disk": "1", "enable_nested_virt": "false", "install_wasm_tools": "false"}


@dataclass(frozen=True)
class _Start:
    """One workspace from asking to a ready agent, in seconds; `ours` is neither Coder's nor the kubelet's."""

    total: float
    ours: float


def archive_figure() -> Figure:
    """Return how large the templates are as they are uploaded, in KiB."""
    folders = [folder for folder in sorted(_TEMPLATES.iterdir()) if (folder / "layers.json").is_file()]
    sizes = tuple(len(pack_template(folder, _layers(folder)).data) / 1024 for folder in folders)
    return Figure(
        f"template archives ({', '.join(folder.name for folder in folders)})", sizes, SIZE_LIMIT / 1024, "KiB"
    )


def coder_figures(instance: LabInstance, toolchain: Toolchain, folder: Path, progress: Progress) -> list[Figure]:
    """Measure on the Coder of a lab in which the platform is deployed; what is made there is removed again."""
    access = coder_access(instance, toolchain)
    with owner_session(access) as token, CoderClient(access.url, token.get_secret_value()) as client:
        with progress.step(f"Push with nothing changed, {_REPEATS} times"):
            unchanged = _unchanged_pushes(access.url, token.get_secret_value(), client, folder)
        with progress.step(f"Workspace from asking to a ready agent, {_REPEATS} times"):
            kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
            starts = [_started(client, kubectl, f"bench-{number}") for number in range(_REPEATS)]
        with progress.step(f"{_RESTARTS} restarts of one workspace") as step:
            restarts = _restarts(client, step.note)
    return [
        Figure("push of a template with nothing changed, whole command", unchanged, 1),
        Figure("workspace from create to agent ready, image present", tuple(start.total for start in starts), 15),
        Figure("of which ours: start scripts, copy of the agent", tuple(start.ours for start in starts), 1),
        Figure("stop and start of a workspace, to agent ready", restarts, 30),
    ]


def _layers(folder: Path) -> list[Path]:
    return [_TEMPLATES / layer for layer in json.loads((folder / "layers.json").read_text(encoding="utf-8"))]


def _unchanged_pushes(url: str, token: str, client: CoderClient, folder: Path) -> tuple[float, ...]:
    """Time the command that the program runs for each template, on one of ours that is there already."""
    template = folder / "bench-template"
    template.mkdir()
    (template / "main.tf").write_text(_TINY, encoding="utf-8")
    request = {"name": "bench", "directory": str(template), "smoke": {"enabled": False}}
    environment = {"CODER_URL": url, "CODER_SESSION_TOKEN": token, "SPTCODER_PUSH": json.dumps(request)}
    python = Command(sys.executable, env=environment, cwd=PROJECT_ROOT)
    try:
        python.run("-m", "sptcoder.platform", "push", timeout=_SECONDS)
        return tuple(timed(lambda: python.run("-m", "sptcoder.platform", "push")) for _ in range(_REPEATS))
    finally:
        found = client.templates.find("bench")
        if found is not None:
            client.templates.delete(found.id)


@contextmanager
def _workspace(client: CoderClient, name: str) -> Iterator[Workspace]:
    """Ask for a workspace; delete it after the block."""
    template = client.templates.find("spt-flow")
    assert template is not None  # noqa: S101 - the lab has just been deployed
    made = client.workspaces.create(name=name, template_id=template.id, parameters=_SMALL)
    try:
        yield made
    finally:
        remove_workspace(client, made.id, timeout=_SECONDS, say=lambda _: None, stopwatch=Stopwatch())


def _started(client: CoderClient, kubectl: Command, name: str) -> _Start:
    begun = time.monotonic()
    with _workspace(client, name) as made:
        wait_for_build(client, made.latest_build, timeout=_SECONDS)
        wait_for_agents(client, made.id, timeout=_SECONDS)
        total = time.monotonic() - begun
        timings = client.builds.timings(made.latest_build.id)
        return _Start(total, sum(_seconds(row) for row in timings.agent_script_timings) + _copy(kubectl, made.id))


def _copy(kubectl: Command, workspace_id: str) -> float:
    """Return what copying the agent takes in the pod; the pod's status has whole seconds only, so it is done again."""
    script = "a=$(date +%s%N); cp /opt/spt-flow/bin/coder /tmp/again; b=$(date +%s%N); rm /tmp/again; echo $((b - a))"
    pod = f"deployment/coder-{workspace_id}"
    said = kubectl.run("-n", "coder-workspace", "exec", pod, "-c", "workspace", "--", "sh", "-c", script)
    return int(said.stdout) / 1e9


def _restarts(client: CoderClient, note: Callable[[str], None]) -> tuple[float, ...]:
    with _workspace(client, "bench-restarts") as made:
        wait_for_build(client, made.latest_build, timeout=_SECONDS)
        wait_for_agents(client, made.id, timeout=_SECONDS)

        def restart(number: int) -> float:
            note(f"{number} of {_RESTARTS}")
            return timed(lambda: _restart(client, made.id))

        return tuple(restart(number + 1) for number in range(_RESTARTS))


def _restart(client: CoderClient, workspace_id: str) -> None:
    wait_for_build(client, client.workspaces.build(workspace_id, "stop"), timeout=_SECONDS)
    wait_for_build(client, client.workspaces.build(workspace_id, "start"), timeout=_SECONDS)
    wait_for_agents(client, workspace_id, timeout=_SECONDS)


def _seconds(row: dict[str, Any]) -> float:
    return (datetime.fromisoformat(row["ended_at"]) - datetime.fromisoformat(row["started_at"])).total_seconds()
