"""Starting, stopping and deleting workspaces, whatever they are doing just then."""

__all__ = ["Lifecycle"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.models.workspace import Workspace, WorkspaceBuild
from sptcoder.cli.phases import Phases
from sptcoder.workspaces.following import follow_build, follow_start
from sptcoder.workspaces.start_failures import BuildFailedError, QuotaReachedError
from sptcoder.workspaces.state import RUNNING, workspace_state

_CONFLICT: Final = 409
_GONE: Final = frozenset({404, 410})
_REFUSALS: Final = range(400, 500)
_TRIES: Final = 5


@dataclass(frozen=True)
class Lifecycle:
    """What can be done with a workspace; what is waited for is shown by `phases`.

    Every step looks at the server first: what is done already is not done again, and a build that is on its way to the
    same end is joined. Raises what following a build or a start raises.
    """

    client: CoderClient
    phases: Phases

    def stop(self, workspace: Workspace, *, wait: bool = True) -> bool:
        """Stop a workspace and say whether it was not stopped before; a start that is under way is canceled."""
        if _has_ended(workspace, "stop"):
            return False
        build = self._begun(workspace, "stop", lambda: self.client.workspaces.build(workspace.id, "stop"))
        if wait:
            follow_build(self.client, workspace.name, build, self.phases)
        return True

    def start(
        self,
        workspace: Workspace,
        *,
        version_id: str | None = None,
        parameters: Mapping[str, str] | None = None,
        wait: bool = True,
    ) -> bool:
        """Start a workspace, with the template version it has if no other is given; return when its agents are ready.

        Says whether it did not run before. A running one stays as it is, whatever version is given.
        """
        runs = _has_ended(workspace, "start")
        if workspace_state(workspace) == RUNNING:
            return False
        if not runs:
            build = self._begun(
                workspace,
                "start",
                lambda: self.client.workspaces.build(
                    workspace.id, "start", version_id=version_id, parameters=parameters
                ),
            )
            if wait:
                follow_build(self.client, workspace.name, build, self.phases)
        if wait:
            follow_start(self.client, workspace, self.phases)
        return not runs

    def delete(self, workspace: Workspace, *, wait: bool = True) -> None:
        """Delete a workspace with its home; whatever is being built is canceled. Gone meanwhile is fine."""
        try:
            build = self._begun(workspace, "delete", lambda: self.client.workspaces.delete(workspace.id))
            if wait:
                follow_build(self.client, workspace.name, build, self.phases)
        except ApiError as error:
            if error.status not in _GONE:
                raise

    def _begun(self, workspace: Workspace, transition: str, begin: Callable[[], WorkspaceBuild]) -> WorkspaceBuild:
        """Return the build of this transition: the one that runs, or a new one once nothing else does."""
        for _ in range(_TRIES):
            latest = workspace.latest_build
            if latest.transition == transition and not latest.job.is_finished:
                return latest
            if not latest.job.is_finished:
                self._clear_the_way(workspace, transition)
            try:
                return begin()
            except ApiError as error:
                if error.status != _CONFLICT:
                    raise
            workspace = self.client.workspaces.get(workspace.id)
        raise SptFlowError(
            f"The workspace '{workspace.name}' is kept busy by builds that others begin.",
            next_command=f"sptcoder status {workspace.name}",
        )

    def _clear_the_way(self, workspace: Workspace, transition: str) -> None:
        """Wait until the other build has ended; a start is canceled, and anything that stands in a deletion's way."""
        latest = workspace.latest_build
        if latest.transition == "delete":
            raise SptFlowError(f"The workspace '{workspace.name}' is being deleted.", next_command="sptcoder list")
        if latest.transition == "start" or transition == "delete":
            self._cancel(latest)
        try:
            follow_build(self.client, workspace.name, latest, self.phases)
        except (BuildFailedError, QuotaReachedError):
            self.phases.note(
                f"The {latest.transition} of '{workspace.name}' did not come to its end; that is all right."
            )

    def _cancel(self, build: WorkspaceBuild) -> None:
        try:
            self.client.builds.cancel(build.id)
        except ApiError as error:
            # It may just have ended, and a template may not let users cancel: then it is waited for.
            if error.status not in _REFUSALS:
                raise


def _has_ended(workspace: Workspace, transition: str) -> bool:
    latest = workspace.latest_build
    return latest.transition == transition and latest.job.status == "succeeded"
