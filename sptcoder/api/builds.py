"""Builds of workspaces: watch, look into, cancel."""

__all__ = ["Builds"]

from typing import Final

from pydantic import TypeAdapter

from sptcoder.api.connection import Connection
from sptcoder.api.models.job import JobLog
from sptcoder.api.models.workspace import BuildTimings, WorkspaceBuild

_LOGS: Final = TypeAdapter(tuple[JobLog, ...])


class Builds:
    """Requests about builds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, build_id: str) -> WorkspaceBuild:
        """Return a build by id."""
        return WorkspaceBuild.model_validate(self._connection.get_json(f"/api/v2/workspacebuilds/{build_id}"))

    def logs(self, build_id: str, *, after: int = 0) -> tuple[JobLog, ...]:
        """Return the lines of the build's job whose id is above `after`."""
        path = f"/api/v2/workspacebuilds/{build_id}/logs"
        return _LOGS.validate_python(self._connection.get_json(path, params={"after": after}) or ())

    def parameters(self, build_id: str) -> dict[str, str]:
        """Return the values the parameters had in this build."""
        found = self._connection.get_json(f"/api/v2/workspacebuilds/{build_id}/parameters") or ()
        return {str(item["name"]): str(item["value"]) for item in found}

    def timings(self, build_id: str) -> BuildTimings:
        """Return where the time of the build went."""
        return BuildTimings.model_validate(self._connection.get_json(f"/api/v2/workspacebuilds/{build_id}/timings"))

    def cancel(self, build_id: str) -> None:
        """Ask that the build be stopped."""
        self._connection.request("PATCH", f"/api/v2/workspacebuilds/{build_id}/cancel")
