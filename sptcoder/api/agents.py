"""Agents inside workspaces."""

__all__ = ["Agents"]

from typing import Final

from pydantic import TypeAdapter

from sptcoder.api.connection import Connection
from sptcoder.api.models.workspace import Agent, AgentLog

_LOGS: Final = TypeAdapter(tuple[AgentLog, ...])


class Agents:
    """Requests about agents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, agent_id: str) -> Agent:
        """Return an agent by id."""
        return Agent.model_validate(self._connection.get_json(f"/api/v2/workspaceagents/{agent_id}"))

    def logs(self, agent_id: str, *, after: int = 0) -> tuple[AgentLog, ...]:
        """Return the lines of its start scripts whose id is above `after`."""
        path = f"/api/v2/workspaceagents/{agent_id}/logs"
        return _LOGS.validate_python(self._connection.get_json(path, params={"after": after}) or ())
