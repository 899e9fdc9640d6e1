"""The demo's workspace: made, waited for, deleted; and those that killed demos left."""

__all__ = ["TEMPLATE", "create_workspace", "delete_workspace", "leftovers", "new_name", "wait_until_ready"]

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from core.errors import SptFlowError
from sptcoder.api import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.models.job import JobLog
from sptcoder.api.models.workspace import Workspace
from sptcoder.api.workspace_wait import wait_for_agents, wait_for_build
from sptcoder.templates.workspace_removal import remove_workspace

TEMPLATE: Final = "spt-flow"
_PARAMETERS: Final = {
    "cpu": "1",
    "memory": "1",
    "disk": "1",
    "enable_nested_virt": "false",
    "install_wasm_tools": "false",
}
"""Small, so that the demo fits beside anything; each is set only if the template has it."""

_LEFTOVER: Final = re.compile(r"demo-[0-9a-f]{6}")
_BUILD_SECONDS: Final = 180.0
_READY_SECONDS: Final = 240.0

Note = Callable[[str], None]


def new_name(*, keep: bool) -> str:
    """Return a name nobody has; one that is to be kept does not look like a leftover."""
    return f"{'kept-' if keep else ''}demo-{secrets.token_hex(3)}"


def leftovers(client: CoderClient) -> tuple[Workspace, ...]:
    """Return the demo workspaces of runs that were killed."""
    return tuple(found for found in client.workspaces.list('owner:"me"') if _LEFTOVER.fullmatch(found.name))


def create_workspace(
    client: CoderClient, name: str, *, repository: str, parameters: Mapping[str, str] | None = None
) -> Workspace:
    """Ask for a workspace of the template `spt-flow` with a clone of the repository; small, unless told otherwise."""
    template = client.templates.find(TEMPLATE)
    if template is None:
        raise SptFlowError(f"Coder has no template '{TEMPLATE}'.", next_command="make up")
    known = {parameter.name for parameter in client.template_versions.rich_parameters(template.active_version_id)}
    wanted = {"repo_url": repository, **_PARAMETERS, **(parameters or {})}
    chosen = {key: value for key, value in wanted.items() if key in known}
    return client.workspaces.create(name=name, template_id=template.id, parameters=chosen)


def wait_until_ready(client: CoderClient, workspace: Workspace, note: Note) -> None:
    """Return when the workspace is built and its agent has ended its start scripts."""
    wait_for_build(client, workspace.latest_build, timeout=_BUILD_SECONDS, show=lambda line: _show(line, note))
    note("waiting for the agent")
    wait_for_agents(client, workspace.id, timeout=_READY_SECONDS)


def delete_workspace(client: CoderClient, workspace: Workspace, note: Note) -> None:
    """Delete a workspace, whatever it is doing; one that is gone already is no error."""
    remove_workspace(
        client, workspace.id, timeout=_BUILD_SECONDS, say=lambda line: note(line.strip()), stopwatch=Stopwatch()
    )


def _show(line: JobLog, note: Note) -> None:
    if line.output.strip() and line.log_level not in {"debug", "trace"}:
        note(line.output.strip())
