"""One workspace, as far as the server knows it: state, ends, update, addresses, agents, repository, last build."""

__all__ = ["WorkspaceStatus", "read_status", "status_lines"]

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Agent, Workspace
from sptcoder.cli.duration import format_duration
from sptcoder.cli.terminal import styled
from sptcoder.workspaces.badge import UPDATE_BADGE
from sptcoder.workspaces.editor import editor_url
from sptcoder.workspaces.identity import BRANCH_PARAMETERS, REPOSITORY_PARAMETERS
from sptcoder.workspaces.summary import WorkspaceSummary, summarise
from sptcoder.workspaces.table import ago


@dataclass(frozen=True)
class WorkspaceStatus:
    """The summary and what takes more questions; `repository`, `branch` and `vscode` are empty where there is none."""

    summary: WorkspaceSummary
    repository: str
    branch: str
    vscode: str
    agents: tuple[Agent, ...]
    build: str
    """The last build in words."""
    reason: str
    """Why the last build failed; empty if it did not."""

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        agents = [
            {"name": one.name, "status": one.status, "lifecycle_state": one.lifecycle_state} for one in self.agents
        ]
        own = {"repository": self.repository, "branch": self.branch, "vscode": self.vscode, "agents": agents}
        return {**self.summary.as_json(), **own, "last_build": self.build, "failure": self.reason}


def read_status(client: CoderClient, workspace: Workspace) -> WorkspaceStatus:
    """Ask for what the workspace itself does not say."""
    build = workspace.latest_build
    parameters = client.builds.parameters(build.id)
    return WorkspaceStatus(
        summary=summarise(workspace, client.url),
        repository=_first(parameters, REPOSITORY_PARAMETERS),
        branch=_first(parameters, BRANCH_PARAMETERS),
        vscode=editor_url(client, workspace) or "",
        agents=build.agents,
        build=f"{build.transition}, number {build.build_number}, {build.job.status}",
        reason=build.job.error,
    )


def _first(parameters: Mapping[str, str], names: Iterable[str]) -> str:
    return next((parameters[name] for name in names if parameters.get(name)), "")


def status_lines(status: WorkspaceStatus, *, words: str, now: datetime, stream: TextIO) -> list[str]:
    """Return the lines for people, one a fact, the update first of all; `words` are what the user calls it."""
    facts = list(_facts(status, words, now, stream))
    width = max(len(name) for name, _ in facts)
    return [
        styled(f"{status.summary.owner}/{status.summary.name}", "bold", stream),
        *(f"  {name:<{width}}  {value}" for name, value in facts),
    ]


def _facts(status: WorkspaceStatus, words: str, now: datetime, stream: TextIO) -> Iterator[tuple[str, str]]:
    summary = status.summary
    yield "state", summary.state
    if summary.update_available:
        yield "update", styled(f"{UPDATE_BADGE}: sptcoder restart --update {words}", "yellow", stream)
    if summary.stops_at is not None:
        later = "" if summary.deleted_at else f"; later with sptcoder extend {words}"
        yield "stops", f"{_when(summary.stops_at, now)}, unless it is used{later}"
    if summary.deleted_at is not None:
        yield "deleted", f"{_when(summary.deleted_at, now)}, used or not"
    yield "template", " ".join(part for part in (summary.template, summary.template_version) if part)
    if status.repository:
        yield "repository", status.repository + (f", branch {status.branch}" if status.branch else "")
    if status.vscode:
        yield "VS Code", status.vscode
    yield "page", summary.page
    if summary.last_used_at is not None:
        yield "last used", ago(summary.last_used_at, now)
    for agent in status.agents:
        yield "agent", f"{agent.name}: {agent.status}, {agent.lifecycle_state}"
    yield "last build", status.build
    if status.reason:
        yield "failure", f"{status.reason} (sptcoder logs {words})"


def _when(moment: datetime, now: datetime) -> str:
    return f"in {format_duration(moment - now)} ({moment.astimezone():%Y-%m-%d %H:%M %Z})"
