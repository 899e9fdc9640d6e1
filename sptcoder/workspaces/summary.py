"""What lists and machines are told of a workspace."""

__all__ = ["WorkspaceSummary", "hard_deadline", "summarise"]

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sptcoder.api.models.workspace import Workspace
from sptcoder.workspaces.state import workspace_state

_DEADLINE: Final = "deadline"
"""Key of the metadata in which the template for pipelines says when the reaper deletes the workspace."""


@dataclass(frozen=True)
class WorkspaceSummary:
    """A workspace in short; `stops_at` moves with use, `deleted_at` (pipelines) never."""

    name: str
    owner: str
    state: str
    template: str
    template_version: str
    update_available: bool
    stops_at: datetime | None
    deleted_at: datetime | None
    last_used_at: datetime | None
    page: str
    """Address of the workspace's page in Coder."""

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` shows it; times are ISO 8601, null where there is none."""
        return dict(vars(self))


def summarise(workspace: Workspace, url: str) -> WorkspaceSummary:
    """Return the summary of a workspace of the server at `url`."""
    build = workspace.latest_build
    return WorkspaceSummary(
        name=workspace.name,
        owner=workspace.owner_name,
        state=workspace_state(workspace),
        template=workspace.template_name,
        template_version=build.template_version_name,
        update_available=workspace.outdated,
        stops_at=build.deadline if build.transition == "start" else None,
        deleted_at=hard_deadline(workspace),
        last_used_at=workspace.last_used_at,
        page=f"{url}/@{workspace.owner_name}/{workspace.name}",
    )


def hard_deadline(workspace: Workspace) -> datetime | None:
    """Return when the workspace is deleted, used or not; None for those that nobody deletes."""
    for resource in workspace.latest_build.resources:
        for fact in resource.metadata:
            if fact.key == _DEADLINE and fact.value:
                try:
                    found = datetime.fromisoformat(fact.value)
                except ValueError:
                    continue  # some other template's deadline
                return found if found.tzinfo is not None else None
    return None
