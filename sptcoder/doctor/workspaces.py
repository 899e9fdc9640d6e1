"""The user's workspaces: those that something is wrong with, each with what it is."""

__all__ = ["examine_workspaces"]

from collections.abc import Iterator
from typing import Final

from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Agent, Workspace
from sptcoder.doctor.finding import Finding, fine, note, problem
from sptcoder.workspaces.log_lines import clone_refusal, is_quota, script_warning

_MATTER: Final = "workspaces"
_UNDER_WAY: Final = frozenset({"pending", "starting"})
_SILENT: Final = frozenset({"timeout", "disconnected"})


def examine_workspaces(client: CoderClient) -> Iterator[Finding]:
    """Look at every workspace of the user's."""
    workspaces = client.workspaces.list("owner:me")
    faults = [finding for workspace in workspaces for finding in _of(client, workspace)]
    yield from faults
    if not faults:
        yield fine(_MATTER, f"{len(workspaces)} of yours, none with a fault")


def _of(client: CoderClient, workspace: Workspace) -> Iterator[Finding]:
    build, name = workspace.latest_build, workspace.name
    if build.status == "failed":
        yield _failed(workspace)
    elif build.status in _UNDER_WAY:
        yield note(
            _MATTER,
            f"'{name}' is being started; if 'up' was stopped with Ctrl-C, it goes on all the same",
            f"sptcoder status {name}, or the same sptcoder up once more",
            "stopped-waiting",
        )
    else:
        for agent in build.agents:
            yield from _of_agent(client, name, agent)


def _failed(workspace: Workspace) -> Finding:
    build, name = workspace.latest_build, workspace.name
    if is_quota([build.job.error]):
        text = f"there was no room for '{name}': a quota is reached"
        return problem(_MATTER, text, "sptcoder list, and stop or delete what is not needed", "quota")
    why = " ".join(build.job.error.split()) or "the server gives no reason"
    return problem(
        _MATTER, f"the {build.transition} of '{name}' failed: {why}", f"sptcoder logs {name}", "build-failed"
    )


def _of_agent(client: CoderClient, workspace: str, agent: Agent) -> Iterator[Finding]:
    if agent.status in _SILENT:
        text = f"'{workspace}' was built, but its agent does not connect ({agent.status})"
        yield problem(_MATTER, text, f"sptcoder logs {workspace}, then sptcoder restart {workspace}", "agent-silent")
    elif agent.is_degraded:
        lines = (script_warning(line.output) for line in client.agents.logs(agent.id))
        refusal = clone_refusal(line for line in lines if line)
        if refusal is None:
            yield problem(_MATTER, f"the start script of '{workspace}' failed", f"sptcoder logs {workspace}")
        else:
            text = f"'{workspace}' runs without {refusal.url}: {refusal.text}"
            yield problem(_MATTER, text, f"sptcoder logs {workspace}", "clone-refused")
