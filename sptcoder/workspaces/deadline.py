"""How far the end of a running workspace can be moved, and moving it."""

__all__ = ["DEFAULT_EXTENSION", "LONGEST_EXTENSION", "SHORTEST_EXTENSION", "Extension", "extend_workspace"]

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Workspace
from sptcoder.workspaces.summary import hard_deadline

SHORTEST_EXTENSION: Final = timedelta(minutes=30)
"""Coder takes no deadline that is nearer."""

LONGEST_EXTENSION: Final = timedelta(hours=24)
"""The requirements' limit; Coder has none of its own."""

DEFAULT_EXTENSION: Final = timedelta(hours=8)
"""A working day."""


@dataclass(frozen=True)
class Extension:
    """What came of it: when the workspace stops, None if it does not stop by itself; and whether that is new."""

    stops_at: datetime | None
    changed: bool


def extend_workspace(client: CoderClient, workspace: Workspace, duration: timedelta, *, now: datetime) -> Extension:
    """Keep a workspace running for `duration` from `now`, or as long as its template allows; never for less than now.

    Raises SptFlowError for one that does not run, and for one of a pipeline, whose deadline is fixed.
    """
    build = workspace.latest_build
    fixed = hard_deadline(workspace)
    if fixed is not None:
        raise SptFlowError(
            f"The workspace '{workspace.name}' is one of a pipeline: it is deleted at "
            f"{fixed:%Y-%m-%d %H:%M %Z}, which was fixed when it was created.",
            next_command="sptcoder up REPOSITORY --ttl 4h",
        )
    if build.transition != "start" or build.job.status != "succeeded":
        raise SptFlowError(
            f"The workspace '{workspace.name}' does not run ({build.status}): there is nothing to extend.",
            next_command=f"sptcoder start {workspace.name}",
        )
    if build.deadline is None:
        return Extension(None, changed=False)
    wanted = now + duration if build.max_deadline is None else min(now + duration, build.max_deadline)
    if build.deadline >= wanted:
        return Extension(build.deadline, changed=False)
    client.workspaces.extend(workspace.id, wanted)
    return Extension(client.builds.get(build.id).deadline, changed=True)
