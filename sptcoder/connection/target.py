"""The workspace to connect to: found by its name, and able to be reached."""

__all__ = ["Target", "find_target"]

from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.models.workspace import Workspace
from sptcoder.session import Session
from sptcoder.workspaces.badge import update_hint
from sptcoder.workspaces.lookup import find_workspace

_COMING: Final = frozenset({"pending", "starting", "running"})
_GOING: Final = frozenset({"deleting", "deleted"})


@dataclass(frozen=True)
class Target:
    """A workspace that runs, or will in a moment; `name` is as the user gave it."""

    name: str
    workspace: Workspace

    @property
    def full_name(self) -> str:
        """Return `owner/name`."""
        return f"{self.workspace.owner_name}/{self.workspace.name}"

    @property
    def update_hint(self) -> str | None:
        """Return the badge for a workspace whose template has a newer version."""
        return update_hint(self.name) if self.workspace.outdated else None


def find_target(session: Session, name: str) -> Target:
    """Return the workspace `name`; raise SptFlowError, with what to do, if it is not there or does not run."""
    workspace = find_workspace(session.client, name)
    status = workspace.latest_build.status
    if status not in _COMING or workspace.latest_build.transition != "start":
        raise _not_running(name, status)
    if status == "running" and not workspace.latest_build.agents:
        raise SptFlowError(
            f"The workspace '{name}' has nothing to connect to: its template declares no agent.",
            next_command=f"sptcoder status {name}",
        )
    if status == "running" and all(agent.status == "timeout" for agent in workspace.latest_build.agents):
        raise SptFlowError(
            f"The workspace '{name}' runs, but its agent has never connected: it cannot reach the server from there.",
            next_command=f"sptcoder logs {name}",
        )
    return Target(name, workspace)


def _not_running(name: str, status: str) -> SptFlowError:
    if status in _GOING:
        return SptFlowError(f"The workspace '{name}' is {status}.", next_command="sptcoder list")
    if status in {"failed", "canceled", "canceling"}:
        return SptFlowError(
            f"The workspace '{name}' does not run: its last build is {status}.",
            next_command=f"sptcoder logs {name}, then sptcoder start {name}",
        )
    return SptFlowError(f"The workspace '{name}' does not run: it is {status}.", next_command=f"sptcoder start {name}")
