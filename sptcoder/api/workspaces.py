"""Workspaces: list, create, start, stop, delete, keep alive."""

__all__ = ["Workspaces"]

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from core.errors import UsageError
from sptcoder.api.connection import ANY_SUCCESS, Connection
from sptcoder.api.errors import ApiError
from sptcoder.api.models.workspace import Workspace, WorkspaceBuild, WorkspacePage

_NOT_FOUND: Final = 404
_NOT_MODIFIED: Final = 304
_PAGE: Final = 250

Transition = Literal["start", "stop", "delete"]


class Workspaces:
    """Requests about workspaces."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, query: str = "") -> tuple[Workspace, ...]:
        """Return all workspaces that match, such as `owner:"me" template:"spt-flow-ci" status:"running"`."""
        return tuple(self._pages(query))

    def find(self, name: str, *, owner: str = "me") -> Workspace | None:
        """Return a workspace by owner and name, None if there is none."""
        try:
            found = self._connection.get_json(f"/api/v2/users/{owner}/workspace/{name}")
        except ApiError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        return Workspace.model_validate(found)

    def get(self, workspace_id: str) -> Workspace:
        """Return a workspace by id; Coder answers 410 for a deleted one."""
        return Workspace.model_validate(self._connection.get_json(f"/api/v2/workspaces/{workspace_id}"))

    def create(
        self,
        *,
        name: str,
        template_id: str | None = None,
        version_id: str | None = None,
        parameters: Mapping[str, str] | None = None,
        preset_id: str | None = None,
        ttl_ms: int | None = None,
        owner: str = "me",
    ) -> Workspace:
        """Create and start a workspace of a template's active version, or of a version; 409 if the name is taken."""
        if (template_id is None) == (version_id is None):
            raise UsageError("A workspace is created from a template or from a version: give exactly one of them.")
        body: dict[str, Any] = {"name": name, "rich_parameter_values": _values(parameters or {})}
        body |= {"template_id": template_id} if version_id is None else {"template_version_id": version_id}
        if ttl_ms is not None:
            body["ttl_ms"] = ttl_ms
        if preset_id is not None:
            body["template_version_preset_id"] = preset_id
        return Workspace.model_validate(self._connection.send_json("POST", f"/api/v2/users/{owner}/workspaces", body))

    def numbered_build(self, owner: str, name: str, number: int) -> WorkspaceBuild:
        """Return a build of a workspace by its number; the first is 1."""
        path = f"/api/v2/users/{owner}/workspace/{name}/builds/{number}"
        return WorkspaceBuild.model_validate(self._connection.get_json(path))

    def build(
        self,
        workspace_id: str,
        transition: Transition,
        *,
        version_id: str | None = None,
        parameters: Mapping[str, str] | None = None,
        orphan: bool = False,
    ) -> WorkspaceBuild:
        """Queue a transition; 409 while another one runs.

        `orphan` (delete only, template admins) forgets the resources instead of destroying them.
        """
        body: dict[str, Any] = {"transition": transition}
        if version_id is not None:
            body["template_version_id"] = version_id
        if parameters:
            body["rich_parameter_values"] = _values(parameters)
        if orphan:
            body["orphan"] = True
        answer = self._connection.send_json("POST", f"/api/v2/workspaces/{workspace_id}/builds", body)
        return WorkspaceBuild.model_validate(answer)

    def delete(self, workspace_id: str, *, orphan: bool = False) -> WorkspaceBuild:
        """Queue the deletion of a workspace and all its resources."""
        return self.build(workspace_id, "delete", orphan=orphan)

    def set_ttl(self, workspace_id: str, ttl_ms: int | None) -> None:
        """Set after how many milliseconds a start is followed by a stop; from the next start on."""
        self._connection.request("PUT", f"/api/v2/workspaces/{workspace_id}/ttl", body={"ttl_ms": ttl_ms})

    def extend(self, workspace_id: str, deadline: datetime) -> None:
        """Move the stop of the running build to `deadline` (with time zone, 30 minutes ahead or more)."""
        body = {"deadline": deadline.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        path = f"/api/v2/workspaces/{workspace_id}/extend"
        self._connection.request("PUT", path, body=body, accept=ANY_SUCCESS | {_NOT_MODIFIED})

    def set_dormant(self, workspace_id: str, *, dormant: bool) -> None:
        """Put a workspace to sleep, or wake it."""
        path = f"/api/v2/workspaces/{workspace_id}/dormant"
        self._connection.request("PUT", path, body={"dormant": dormant}, accept=ANY_SUCCESS | {_NOT_MODIFIED})

    def _pages(self, query: str) -> Iterator[Workspace]:
        offset = 0
        while True:
            params: dict[str, str | int] = {"q": query, "limit": _PAGE, "offset": offset}
            page = WorkspacePage.model_validate(self._connection.get_json("/api/v2/workspaces", params=params))
            yield from page.workspaces
            offset += len(page.workspaces)
            if not page.workspaces or offset >= page.count:
                return


def _values(parameters: Mapping[str, str]) -> "list[dict[str, str]]":
    return [{"name": name, "value": parameters[name]} for name in sorted(parameters)]
