"""Where a workspace is reached in the browser: its editor, or its page in Coder if it has none."""

__all__ = ["EditorState", "editor_state", "editor_url", "require_running", "workspace_page"]

from enum import StrEnum
from typing import Final
from urllib.parse import quote, urlsplit

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Agent, AgentApp, Workspace

_SLUGS: Final = ("code-server", "vscode-web", "vscode")
"""What editors in the browser are called, the one of our templates first."""


class EditorState(StrEnum):
    """Whether the editor answers."""

    NONE = "none"
    """The template has none."""
    COMING = "coming"
    READY = "ready"
    BROKEN = "broken"


def workspace_page(url: str, workspace: Workspace) -> str:
    """Return the address of a workspace's page in Coder."""
    return f"{url}/@{quote(workspace.owner_name)}/{quote(workspace.name)}"


def editor_state(workspace: Workspace) -> EditorState:
    """Return what Coder says of the editor of a workspace that runs."""
    found = _editor(workspace)
    if found is None:
        return EditorState.NONE
    health = found[1].health
    if health in {"healthy", "disabled", ""}:
        return EditorState.READY
    return EditorState.BROKEN if health == "unhealthy" else EditorState.COMING


def editor_url(client: CoderClient, workspace: Workspace) -> str | None:
    """Return the address of the editor of a workspace that runs; None if it has none.

    An application with a host name of its own is told from one that is a path of the server as Coder itself does.
    """
    found = _editor(workspace)
    if found is None:
        return None
    agent, app = found
    if app.external and app.url:
        return app.url
    if app.subdomain and app.subdomain_name:
        host = client.deployment.applications_host()
        if "*" in host:
            return (
                f"{urlsplit(client.url).scheme}://{_with_port(host.replace('*', app.subdomain_name, 1), client.url)}/"
            )
    return f"{workspace_page(client.url, workspace)}.{quote(agent.name)}/apps/{quote(app.slug)}/"


def require_running(workspace: Workspace, name: str) -> None:
    """Raise SptFlowError for a workspace that does not run; `name` is what the user called it."""
    status = workspace.latest_build.status
    if status != "running":
        raise SptFlowError(
            f"The workspace '{name}' does not run ({status}), so nothing can be opened.",
            next_command=f"sptcoder start {name}",
        )


def _editor(workspace: Workspace) -> tuple[Agent, AgentApp] | None:
    for slug in _SLUGS:
        for agent in workspace.latest_build.agents:
            for app in agent.apps:
                if app.slug == slug:
                    return agent, app
    return None


def _with_port(host: str, url: str) -> str:
    """Coder tells the host without a port where the server's own is none of the usual ones."""
    port = urlsplit(url).port
    return host if port is None or ":" in host else f"{host}:{port}"
