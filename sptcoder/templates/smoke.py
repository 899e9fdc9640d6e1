"""The smoke test of a version: a workspace that has to start, get ready, and be deletable again."""

__all__ = ["SMOKE_PREFIX", "SmokeFailedError", "run_smoke"]

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from core.errors import InterruptedRunError, SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.api.job_watch import JobFailedError, Stopwatch
from sptcoder.api.models.template import TemplateVersion
from sptcoder.api.models.workspace import Workspace
from sptcoder.api.workspace_wait import AgentsNotReadyError, wait_for_agents, wait_for_build
from sptcoder.templates.report import JobLines, Say
from sptcoder.templates.request import SmokeSettings
from sptcoder.templates.unarchived import unarchived
from sptcoder.templates.workspace_removal import remove_workspace

SMOKE_PREFIX: Final = "smoke-"
"""How the names of smoke workspaces begin; eight digits of the version's id follow."""

_CONFLICT: Final = 409
_STOP_AFTER_MS: Final = 30 * 60 * 1000
"""Coder stops a smoke workspace that a killed push left, so that it costs no more than its volume."""
_REFUSED: Final = frozenset({400, 403, 422})
"""A parameter without a value, a quota: what another try will not mend."""
_TRIES: Final = 3
_MARGIN: Final = timedelta(seconds=60)
_LIVE: Final = frozenset({"pending", "starting", "running"})


class SmokeFailedError(SptFlowError):
    """The smoke workspace did not come up, or could not be deleted."""


@dataclass(frozen=True)
class _Smoke:
    client: CoderClient
    version: TemplateVersion
    template_name: str
    settings: SmokeSettings
    say: Say
    stopwatch: Stopwatch

    @property
    def name(self) -> str:
        return SMOKE_PREFIX + self.version.id.replace("-", "")[:8]

    def remove_stale(self) -> None:
        """Delete what killed pushes of this template left: older than any push may take."""
        oldest = datetime.now(UTC) - timedelta(seconds=2 * self.settings.timeout_seconds) - _MARGIN
        for workspace in self.client.workspaces.list(f'owner:"me" template:"{self.template_name}"'):
            if not workspace.name.startswith(SMOKE_PREFIX):
                continue
            if workspace.name != self.name and (workspace.created_at is None or workspace.created_at > oldest):
                continue  # another push's, at work
            if workspace.name == self.name and workspace.latest_build.status in _LIVE:
                continue  # of this version: adopted below
            self.say(f"  removing the smoke workspace '{workspace.name}' of a push that was killed")
            self.remove(workspace)

    def remove(self, workspace: Workspace) -> None:
        remove_workspace(
            self.client, workspace.id, timeout=self.settings.timeout_seconds, say=self.say, stopwatch=self.stopwatch
        )

    def create_or_adopt(self) -> Workspace | None:
        """Return the workspace: a new one, or the one a push of the same version has made; None to try again."""
        try:
            return unarchived(
                self.client,
                self.version.id,
                lambda: self.client.workspaces.create(
                    name=self.name,
                    version_id=self.version.id,
                    parameters=self.settings.parameters,
                    ttl_ms=_STOP_AFTER_MS,
                ),
            )
        except ApiError as error:
            if error.status == _CONFLICT:
                return self._adopt()
            if error.status in _REFUSED:
                raise SmokeFailedError(f"The smoke workspace '{self.name}' was refused. {error.message}") from None
            raise

    def _adopt(self) -> Workspace | None:
        found = self.client.workspaces.find(self.name)
        if found is not None and found.latest_build.transition == "delete":
            self.remove(found)  # waits until it is gone
            return None
        return found

    def has_vanished(self, workspace: Workspace) -> bool:
        """Say whether another push has deleted the workspace under this one."""
        now = self.client.workspaces.find(self.name)
        return now is None or now.id != workspace.id or now.latest_build.transition == "delete"


def run_smoke(
    client: CoderClient,
    version: TemplateVersion,
    *,
    template_name: str,
    settings: SmokeSettings,
    say: Say,
    stopwatch: Stopwatch,
) -> None:
    """Start a workspace from a version, wait until its agents are ready, delete it and wait until it is gone.

    Raises SmokeFailedError with the last lines of what failed; the workspace is deleted then too. Two pushes of the
    same version share one workspace.
    """
    smoke = _Smoke(client, version, template_name, settings, say, stopwatch)
    smoke.remove_stale()
    try:
        for _ in range(_TRIES):
            workspace = smoke.create_or_adopt()
            if workspace is not None and _came_up(smoke, workspace):
                _remove_proven(smoke, workspace)
                return
    except (InterruptedRunError, KeyboardInterrupt):
        _clear_up(smoke)
        raise
    raise SmokeFailedError(f"The smoke workspace '{smoke.name}' was deleted by somebody else, {_TRIES} times.")


def _came_up(smoke: _Smoke, workspace: Workspace) -> bool:
    """Say whether the workspace came up; False if another push took it away first."""
    start = smoke.stopwatch.clock()
    limit = smoke.settings.timeout_seconds
    try:
        if workspace.latest_build.transition == "start":
            wait_for_build(
                smoke.client,
                workspace.latest_build,
                timeout=limit,
                show=JobLines(smoke.say),
                stopwatch=smoke.stopwatch,
            )
        left = max(limit - (smoke.stopwatch.clock() - start), 1.0)
        wait_for_agents(smoke.client, workspace.id, timeout=left, stopwatch=smoke.stopwatch)
    except (JobFailedError, AgentsNotReadyError, ApiError) as error:
        if smoke.has_vanished(workspace):
            return False
        _remove_quietly(smoke, workspace)
        raise SmokeFailedError(f"The smoke workspace '{smoke.name}' did not come up. {error.message}") from None
    except (NoAnswerError, ForeignAnswerError):
        raise  # the push goes on with this workspace when the server is back
    smoke.say(f"  smoke workspace ready after {smoke.stopwatch.clock() - start:.1f} s")
    return True


def _remove_proven(smoke: _Smoke, workspace: Workspace) -> None:
    try:
        smoke.remove(workspace)
    except JobFailedError as error:
        raise SmokeFailedError(
            f"The smoke workspace '{smoke.name}' came up, but could not be deleted. {error.message}"
        ) from None


def _clear_up(smoke: _Smoke) -> None:
    """Begin to delete what is there, also when the request that made it was cut off before its answer."""
    smoke.say("  stopped: deleting the smoke workspace")
    with contextlib.suppress(SptFlowError):  # the next push finds it
        found = smoke.client.workspaces.find(smoke.name)
        if found is not None:
            _remove_quietly(smoke, found, wait=False)


def _remove_quietly(smoke: _Smoke, workspace: Workspace, *, wait: bool = True) -> None:
    """Delete after a failure, which is what matters: what goes wrong here is only said."""
    try:
        timeout = smoke.settings.timeout_seconds if wait else 0.0
        remove_workspace(
            smoke.client, workspace.id, timeout=timeout, say=smoke.say, stopwatch=smoke.stopwatch, wait=wait
        )
    except SptFlowError as error:
        smoke.say(f"  the smoke workspace '{smoke.name}' could not be deleted: {error.message}")
