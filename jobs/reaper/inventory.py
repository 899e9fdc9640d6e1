"""The workspaces as Coder knows them: the whole list or none, the fate of a single one, and their deletion."""

__all__ = ["BusyError", "Deletion", "IncompleteListError", "Inventory", "RightsError", "open_inventory"]

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from core.errors import SptFlowError
from jobs.reaper.decision import Record, Workspace
from sptcoder.api import ApiError, CoderClient
from sptcoder.api.models.workspace import Workspace as CoderWorkspace
from sptcoder.api.models.workspace import WorkspaceBuild, WorkspacePage

_PATH: Final = "/api/v2/workspaces"
_RIGHTS_PATH: Final = "/api/v2/authcheck"
_NEEDED: Final = ("read", "delete")
_PAGE: Final = 100
_ATTEMPTS: Final = 3
_BAD_REQUEST: Final = 400
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_GONE: Final = 410
_FAILED: Final = frozenset({"failed", "canceled"})


class IncompleteListError(SptFlowError):
    """The list of workspaces does not add up, so nothing may be concluded from what it lacks."""


class RightsError(SptFlowError):
    """The token is good, but its user may not do what the reaper does."""


class BusyError(SptFlowError):
    """A build is at work, or has just ended, so that the request came too early or too late."""


@dataclass(frozen=True)
class Deletion:
    """How far a deletion is; an `error` says why it ended without the workspace being gone."""

    has_ended: bool
    error: str | None = None


@contextmanager
def open_inventory(url: str, token: str) -> Iterator["Inventory"]:
    """Yield the inventory of the server at `url`."""
    with CoderClient(url, token) as client:
        yield Inventory(client)


class Inventory:
    """Workspaces by way of Coder's API; every method raises SptFlowError if Coder does not answer as expected."""

    def __init__(self, client: CoderClient) -> None:
        self._client = client

    def refuse_narrow_token(self) -> None:
        """Raise RightsError unless the token may see and delete everybody's workspaces of the organization.

        Without this check a user who has lost the role would see an empty list, and find nothing to do for ever.
        """
        organization = self._client.users.organization().id
        everybodys = {"resource_type": "workspace", "organization_id": organization}
        checks = {action: {"object": everybodys, "action": action} for action in _NEEDED}
        answer = self._client.connection.send_json("POST", _RIGHTS_PATH, {"checks": checks})
        missing = [action for action in _NEEDED if not isinstance(answer, dict) or answer.get(action) is not True]
        if missing:
            raise RightsError(
                f"The reaper's user in Coder may not {' or '.join(missing)} other users' workspaces; "
                "it needs the role organization-admin (docs/runbooks/reaper.md says how to give it back)."
            )

    def list_all(self) -> list[Workspace]:
        """Return every workspace that the token may see; raise IncompleteListError if the pages do not add up.

        The list is sorted by what changes (running ones first), so a page can shift while another is read. Then as
        many are missing as came twice, and the sum differs from the count: the list is read anew, a few times.
        """
        for _ in range(_ATTEMPTS):
            found, counts = self._read_pages()
            if counts == {len(found)}:
                return list(found.values())
        expected = " or ".join(str(count) for count in sorted(counts))
        raise IncompleteListError(
            f"Coder's list of workspaces is incomplete: it has {len(found)} of {expected}, {_ATTEMPTS} times in a row."
        )

    def record(self, workspace_id: UUID) -> Record:
        """Return whether Coder has the workspace, has deleted it, or knows (or tells) nothing of it."""
        try:
            self._client.workspaces.get(str(workspace_id))
        except ApiError as error:
            if error.status == _GONE:
                return Record.DELETED
            if error.status == _NOT_FOUND:
                return Record.UNKNOWN
            raise
        except ValidationError as error:
            raise _unreadable(error) from None
        return Record.EXISTS

    def delete(self, workspace: Workspace) -> None:
        """Queue the deletion of the workspace with its resources; raise BusyError while another build is at work."""
        try:
            self._client.workspaces.delete(str(workspace.id))
        except ApiError as error:
            if error.status == _CONFLICT:
                raise BusyError(error.message) from None
            # Somebody else deleted it between the list and now: that is what was wanted.
            if error.status != _GONE:
                raise
        except ValidationError as error:
            raise _unreadable(error) from None

    def cancel(self, workspace: Workspace) -> None:
        """Ask that the latest build stop; raise BusyError if it has ended or is being stopped already, or may not be.

        Only a template that lets users cancel lets others than owners of the server do so. Without that, the build
        ends by itself: Coder ends one that says nothing for minutes.
        """
        try:
            self._client.builds.cancel(str(workspace.build_id))
        except ApiError as error:
            if error.status in {_BAD_REQUEST, _FORBIDDEN}:
                raise BusyError(error.message) from None
            raise

    def deletion(self, workspace: Workspace) -> Deletion:
        """Return how far the deletion of the workspace is."""
        try:
            build = self._client.workspaces.get(str(workspace.id)).latest_build
        except ApiError as error:
            if error.status == _GONE:
                return Deletion(has_ended=True)
            raise
        except ValidationError as error:
            raise _unreadable(error) from None
        if build.transition != "delete":
            return Deletion(has_ended=True, error=f"another build ({build.transition}) took its place")
        if build.job.status in _FAILED:
            return Deletion(has_ended=True, error=build.job.error or f"the job ended as {build.job.status}")
        return Deletion(has_ended=False)

    def _read_pages(self) -> tuple[dict[UUID, Workspace], set[int]]:
        """Return the workspaces by id, and every count that the pages named."""
        found: dict[UUID, Workspace] = {}
        counts: set[int] = set()
        offset = 0
        while True:
            answer = self._client.connection.get_json(_PATH, params={"limit": _PAGE, "offset": offset})
            if not isinstance(answer, dict) or "count" not in answer or "workspaces" not in answer:
                raise IncompleteListError(
                    "Coder's answer is no list of workspaces: it names no count, or no workspaces."
                )
            try:
                page = WorkspacePage.model_validate(answer)
                found.update((workspace.id, workspace) for workspace in map(_workspace, page.workspaces))
            except ValidationError as error:
                raise _unreadable(error) from None
            counts.add(page.count)
            offset += len(page.workspaces)
            if not page.workspaces or offset >= page.count:
                return found, counts


def _workspace(found: CoderWorkspace) -> Workspace:
    build = found.latest_build
    if found.created_at is None:
        raise IncompleteListError(f"Coder names no time of creation for the workspace '{found.name}'.")
    try:
        workspace_id, build_id = UUID(found.id), UUID(build.id)
    except ValueError:
        raise IncompleteListError(f"Coder names no valid id for the workspace '{found.name}' or its build.") from None
    return Workspace(
        id=workspace_id,
        name=found.name,
        owner=found.owner_name,
        template=found.template_name,
        created_at=found.created_at,
        ttl=timedelta(milliseconds=found.ttl_ms) if found.ttl_ms else None,
        build_id=build_id,
        build_transition=build.transition,
        build_status=build.status,
        build_error=build.job.error,
        build_created_at=build.created_at,
        usable_after=_usable_after(build),
    )


def _usable_after(build: WorkspaceBuild) -> timedelta | None:
    if build.created_at is None:
        return None
    times = [agent.usable_after(build.created_at) for agent in build.agents]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def _unreadable(error: ValidationError) -> IncompleteListError:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return IncompleteListError(f"Coder's answer about workspaces cannot be read: {where}: {first['msg']}.")
