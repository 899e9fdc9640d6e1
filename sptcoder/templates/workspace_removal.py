"""Deleting a workspace whatever it is doing, and waiting until it is gone."""

__all__ = ["remove_workspace"]

import contextlib
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.job_watch import JobFailedError, Stopwatch
from sptcoder.api.models.workspace import Workspace, WorkspaceBuild
from sptcoder.api.workspace_wait import wait_for_build
from sptcoder.templates.report import JobLines, Say

_GONE: Final = frozenset({404, 410})
_CONFLICT: Final = 409
_TRIES: Final = 5
_CANCEL_SECONDS: Final = 30.0


def remove_workspace(
    client: CoderClient, workspace_id: str, *, timeout: float, say: Say, stopwatch: Stopwatch, wait: bool = True
) -> None:
    """Delete a workspace; a build that runs is cancelled first. Gone already is fine.

    Raises JobFailedError if the deletion fails or takes more than `timeout` seconds. Without `wait`, the deletion is
    only begun.
    """
    for _ in range(_TRIES):
        try:
            workspace = client.workspaces.get(workspace_id)
            build = _begin(client, workspace, stopwatch)
        except ApiError as error:
            if error.status in _GONE:
                return
            if error.status == _CONFLICT:
                continue  # somebody else's build came first: look again
            raise
        if wait:
            _wait_until_gone(client, build, timeout=timeout, say=say, stopwatch=stopwatch)
        return
    raise SptFlowError("The workspace could not be deleted: builds of others kept it busy.")


def _begin(client: CoderClient, workspace: Workspace, stopwatch: Stopwatch) -> WorkspaceBuild:
    latest = workspace.latest_build
    if latest.transition == "delete" and not latest.job.is_finished:
        return latest
    if not latest.job.is_finished:
        client.builds.cancel(latest.id)
        with contextlib.suppress(JobFailedError):  # cancelled: as meant
            wait_for_build(client, latest, timeout=_CANCEL_SECONDS, stopwatch=stopwatch)
    return client.workspaces.delete(workspace.id)


def _wait_until_gone(
    client: CoderClient, build: WorkspaceBuild, *, timeout: float, say: Say, stopwatch: Stopwatch
) -> None:
    try:
        wait_for_build(client, build, timeout=timeout, show=JobLines(say), stopwatch=stopwatch)
    except ApiError as error:
        if error.status not in _GONE:
            raise
