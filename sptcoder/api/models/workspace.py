"""Workspaces, their builds, resources and agents."""

__all__ = ["Agent", "AgentApp", "AgentLog", "BuildTimings", "Resource", "Workspace", "WorkspaceBuild", "WorkspacePage"]

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from sptcoder.api.models.base import ApiModel, NullableList, ZeroTime
from sptcoder.api.models.job import Job

_DEGRADED: Final = frozenset({"start_error", "start_timeout"})


class AgentApp(ApiModel):
    """An application an agent offers; `health` is disabled, initializing, healthy or unhealthy."""

    slug: str
    display_name: str = ""
    url: str | None = None
    health: str = ""
    external: bool = False
    """`url` is opened as it is, not through Coder."""
    subdomain: bool = False
    """It has a host name of its own, if the server has a host for applications; else it is a path of the server."""
    subdomain_name: str = ""


class Agent(ApiModel):
    """The agent inside a workspace."""

    id: str
    name: str
    status: str
    """connecting, connected, disconnected or timeout."""
    lifecycle_state: str = ""
    """created, starting, start_timeout, start_error, ready, shutting_down, ... off."""
    apps: Annotated[tuple[AgentApp, ...], NullableList] = ()
    expanded_directory: str = ""
    version: str = ""
    first_connected_at: ZeroTime = None
    started_at: ZeroTime = None
    """When the start scripts began; as `ready_at`, that of the last time, if the pod was replaced."""
    ready_at: ZeroTime = None
    """When the start scripts ended; None before."""

    def usable_after(self, since: datetime) -> timedelta | None:
        """Return how long after `since` it could be worked with: connected, and its scripts ended; None before."""
        if self.first_connected_at is None or self.started_at is None or self.ready_at is None:
            return None
        # Of what ran again in a pod that was replaced, only the duration is taken.
        return max(self.first_connected_at - since, timedelta()) + max(self.ready_at - self.started_at, timedelta())

    @property
    def is_ready(self) -> bool:
        """Say whether the agent is connected and its start scripts ended well."""
        return self.status == "connected" and self.lifecycle_state == "ready"

    @property
    def is_degraded(self) -> bool:
        """Say whether the agent is connected, but a start script failed or is late: usable, not as meant."""
        return self.status == "connected" and self.lifecycle_state in _DEGRADED


class ResourceMetadata(ApiModel):
    """A fact about a resource (`coder_metadata`)."""

    key: str
    value: str | None = None
    sensitive: bool = False


class Resource(ApiModel):
    """A Terraform resource of a build."""

    name: str
    type: str
    agents: Annotated[tuple[Agent, ...], NullableList] = ()
    metadata: Annotated[tuple[ResourceMetadata, ...], NullableList] = ()


class WorkspaceBuild(ApiModel):
    """One transition of a workspace."""

    id: str
    transition: str
    """start, stop or delete."""
    status: str
    """pending, starting, running, stopping, stopped, failed, canceling, canceled, deleting or deleted."""
    job: Job
    build_number: int = 0
    reason: str = ""
    template_version_id: str = ""
    template_version_name: str = ""
    created_at: ZeroTime = None
    deadline: ZeroTime = None
    max_deadline: ZeroTime = None
    resources: Annotated[tuple[Resource, ...], NullableList] = ()

    @property
    def agents(self) -> tuple[Agent, ...]:
        """Return the agents of all resources."""
        return tuple(agent for resource in self.resources for agent in resource.agents)


class Workspace(ApiModel):
    """A workspace; `outdated` is the update badge."""

    id: str
    name: str
    owner_id: str
    owner_name: str
    template_id: str
    template_name: str
    latest_build: WorkspaceBuild
    organization_id: str = ""
    template_active_version_id: str = ""
    outdated: bool = False
    created_at: ZeroTime = None
    last_used_at: ZeroTime = None
    dormant_at: ZeroTime = None
    ttl_ms: int | None = None
    autostart_schedule: str | None = None
    automatic_updates: str = ""


class WorkspacePage(ApiModel):
    """Part of a list of workspaces; `count` is how many there are in all."""

    workspaces: Annotated[tuple[Workspace, ...], NullableList] = ()
    count: int = 0


class AgentLog(ApiModel):
    """A line of an agent's start script."""

    id: int
    output: str = ""
    level: str = ""


class BuildTimings(ApiModel):
    """Where the time of a build went; each row has `stage`, `started_at` and `ended_at`."""

    provisioner_timings: Annotated[tuple[dict[str, Any], ...], NullableList] = ()
    agent_script_timings: Annotated[tuple[dict[str, Any], ...], NullableList] = ()
    agent_connection_timings: Annotated[tuple[dict[str, Any], ...], NullableList] = ()
