"""Waiting for workspaces: until a build has ended, until all agents are ready, until a deletion is through."""

__all__ = ["AgentsNotReadyError", "wait_for_agents", "wait_for_build"]

from collections.abc import Callable
from functools import partial
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.job_watch import Stopwatch, watch_job
from sptcoder.api.models.job import JobLog
from sptcoder.api.models.workspace import Agent, Workspace, WorkspaceBuild

_PAUSE: Final = 0.5
_LOG_LINES: Final = 10


class AgentsNotReadyError(SptFlowError):
    """A workspace was built, but its agents did not come up as they should."""


def _ignore(_: JobLog) -> None:
    return None


def wait_for_build(
    client: CoderClient,
    build: WorkspaceBuild,
    *,
    timeout: float,
    show: Callable[[JobLog], None] = _ignore,
    stopwatch: Stopwatch | None = None,
) -> WorkspaceBuild:
    """Return the build when its job has succeeded; JobFailedError with its last error lines otherwise."""
    watch_job(
        f"The {build.transition} of the workspace (build {build.build_number})",
        job=lambda: client.builds.get(build.id).job,
        logs=partial(client.builds.logs, build.id),
        show=show,
        timeout=timeout,
        stopwatch=stopwatch,
    )
    return client.builds.get(build.id)


def wait_for_agents(
    client: CoderClient, workspace_id: str, *, timeout: float, stopwatch: Stopwatch | None = None
) -> Workspace:
    """Return the workspace when every agent is connected and ready.

    Raises AgentsNotReadyError when a start script failed (with its last lines), when there is no agent at all, or
    when `timeout` seconds passed.
    """
    watch = stopwatch or Stopwatch()
    end = watch.clock() + timeout
    while True:
        workspace = client.workspaces.get(workspace_id)
        agents = workspace.latest_build.agents
        if not agents:
            raise AgentsNotReadyError(f"The workspace '{workspace.name}' has no agent: its template declares none.")
        if all(agent.is_ready for agent in agents):
            return workspace
        for agent in agents:
            if agent.is_degraded or agent.status == "timeout" or watch.clock() >= end:
                _raise_unless_ready(client, workspace, agent, timeout)
        watch.sleep(_PAUSE)


def _raise_unless_ready(client: CoderClient, workspace: Workspace, agent: Agent, timeout: float) -> None:
    if agent.is_ready:
        return
    lines = "".join(f"\n    {line.output}" for line in client.agents.logs(agent.id)[-_LOG_LINES:])
    what = f"The agent '{agent.name}' of the workspace '{workspace.name}'"
    if agent.is_degraded:
        raise AgentsNotReadyError(f"{what} is connected, but its start script ended in {agent.lifecycle_state}.{lines}")
    raise AgentsNotReadyError(
        f"{what} is {agent.status} ({agent.lifecycle_state}) and not ready within {timeout:g} s; "
        f"it must reach the access URL from inside the workspace.{lines}"
    )
