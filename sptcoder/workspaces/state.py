"""The state of a workspace in a few words: what its last build came to and, once it runs, what its agents say."""

__all__ = ["RUNNING", "workspace_state"]

from typing import Final

from sptcoder.api.models.workspace import Agent, Workspace

RUNNING: Final = "running"
"""Built, and every agent ready."""

_LOST: Final = frozenset({"disconnected", "timeout"})


def workspace_state(workspace: Workspace) -> str:
    """Return `running`, `stopped`, `starting`, `failed to stop`, `agent lost` and the like.

    Coder calls a workspace running as soon as its build is through; here it is `starting` until its agents are ready.
    """
    build = workspace.latest_build
    if build.status == "failed":
        return f"failed to {build.transition}"
    if build.status == "canceled":
        return f"{build.transition} canceled"
    return _agents_state(build.agents) if build.status == RUNNING else build.status


def _agents_state(agents: tuple[Agent, ...]) -> str:
    if any(agent.status in _LOST for agent in agents):
        return "agent lost"
    if any(agent.is_degraded for agent in agents):
        return "start script failed"
    return RUNNING if all(agent.is_ready for agent in agents) else "starting"
