"""Following a workspace until it is as wanted: its build, its agents, their start scripts; lines as they come."""

__all__ = ["BUILD_SECONDS", "follow_build", "follow_start"]

from dataclasses import dataclass, field
from typing import Final

from sptcoder.api.client import CoderClient
from sptcoder.api.job_watch import JobFailedError, Stopwatch, watch_job
from sptcoder.api.models.job import Job, JobLog
from sptcoder.api.models.workspace import Agent, Workspace, WorkspaceBuild
from sptcoder.cli.phases import Phase, Phases
from sptcoder.workspaces.log_lines import build_line, script_warning
from sptcoder.workspaces.patience import Patience
from sptcoder.workspaces.start_failures import AgentSilentError, StartScriptFailedError, build_failure

BUILD_SECONDS: Final = 1800.0
"""Longest a build is waited for; most of it is waiting for one's turn."""

_AGENT_SECONDS: Final = 600.0
_SCRIPT_SECONDS: Final = 3600.0
_FIRST_PAUSE: Final = 0.15
_LONGEST_PAUSE: Final = 0.25
_LAST_LINES: Final = 10
_NAMES: Final = {"start": "Build", "stop": "Stop", "delete": "Delete"}
_WAITING: Final = frozenset({"", "created", "starting"})


def follow_build(
    client: CoderClient,
    workspace: str,
    build: WorkspaceBuild,
    phases: Phases,
) -> WorkspaceBuild:
    """Return a build of the workspace of this name when it has succeeded.

    Raises BuildFailedError or QuotaReachedError with its last error lines. A server that is away is waited for.
    """
    watch = Stopwatch(phases.clock, phases.sleep)
    patience = Patience.of(phases)
    with phases.phase(_NAMES.get(build.transition, "Build")) as phase:
        try:
            watch_job(
                f"The {build.transition} of the workspace '{workspace}'",
                job=lambda: _told(phase, patience.ask(lambda: client.builds.get(build.id)).job),
                logs=lambda *, after: patience.ask(lambda: client.builds.logs(build.id, after=after)),
                show=lambda line: _show(phase, line),
                timeout=BUILD_SECONDS,
                stopwatch=watch,
            )
        except JobFailedError as error:
            raise build_failure(workspace, build.transition, error.status, error.reason, error.lines) from None
        phase.say("")
    return patience.ask(lambda: client.builds.get(build.id))


def follow_start(client: CoderClient, workspace: Workspace, phases: Phases) -> tuple[str, ...]:
    """Return the warnings of the start scripts, once every agent of a built workspace has ended them.

    Raises AgentSilentError or StartScriptFailedError with the last lines.
    """
    patience = Patience.of(phases)
    agents = patience.ask(lambda: client.workspaces.get(workspace.id)).latest_build.agents
    if not agents:
        raise AgentSilentError(
            f"The workspace '{workspace.name}' has no agent: its template declares none.",
            next_command="sptcoder template list",
        )
    watches = [_AgentWatch(client, workspace.name, agent, phases, patience) for agent in agents]
    with phases.phase("Agent") as phase:
        for watch in watches:
            watch.until_connected(phase)
        phase.say("connected")
    with phases.phase("Start script") as phase:
        for watch in watches:
            watch.until_ready(phase)
        warnings = tuple(warning for watch in watches for warning in watch.warnings)
        phase.say(_counted(len(warnings)))
    return warnings


@dataclass
class _AgentWatch:
    """One agent, asked again and again, less often while nothing happens."""

    client: CoderClient
    workspace: str
    agent: Agent
    phases: Phases
    patience: Patience
    warnings: list[str] = field(default_factory=list)
    _last: list[str] = field(default_factory=list)
    _seen: int = 0
    _pause: float = _FIRST_PAUSE

    def until_connected(self, phase: Phase) -> None:
        """Return when the agent has connected; raise AgentSilentError when Coder, or we, give up on it."""
        end = self.phases.clock() + _AGENT_SECONDS
        while self.agent.status != "connected":
            if self.agent.status == "timeout" or self.phases.clock() >= end:
                raise self._silent()
            phase.say(f"{self.agent.name} is {self.agent.status}")
            self._look()

    def until_ready(self, phase: Phase) -> None:
        """Return when the start scripts have ended well; raise StartScriptFailedError when they have not."""
        end = self.phases.clock() + _SCRIPT_SECONDS
        while self.agent.lifecycle_state in _WAITING and self.phases.clock() < end:
            self._pause = _FIRST_PAUSE if self._read(phase) else self._pause
            self._look()
        self._read(phase)
        if self.agent.lifecycle_state != "ready":
            raise self._failed()

    def _look(self) -> None:
        self.phases.sleep(self._pause)
        self._pause = min(self._pause * 1.5, _LONGEST_PAUSE)
        self.agent = self.patience.ask(lambda: self.client.agents.get(self.agent.id))

    def _read(self, phase: Phase) -> bool:
        """Show what is new in the log, and say whether anything was."""
        lines = self.patience.ask(lambda: self.client.agents.logs(self.agent.id, after=self._seen))
        for line in lines:
            self._seen = max(self._seen, line.id)
            self._last = [*self._last, line.output][-_LAST_LINES:]
            warning = script_warning(line.output)
            if warning is None:
                phase.log(line.output)
            else:
                self.warnings.append(warning)
                self.phases.note(f"Warning: {warning}", "yellow")
        return bool(lines)

    def _silent(self) -> AgentSilentError:
        return AgentSilentError(
            f"The workspace '{self.workspace}' is built, but its agent '{self.agent.name}' does not connect "
            f"({self.agent.status}): the pod found no room, its image cannot be had, or it cannot reach "
            f"{self.client.url} from inside the cluster. The workspace goes on trying.",
            next_command=f"sptcoder status {self.workspace}, then the same command again",
        )

    def _failed(self) -> StartScriptFailedError:
        shown = "".join(f"\n    {line}" for line in self._last)
        return StartScriptFailedError(
            f"The workspace '{self.workspace}' runs, but the start script of its agent '{self.agent.name}' ended in "
            f"{self.agent.lifecycle_state}.{shown}",
            next_command=f"sptcoder logs {self.workspace}",
        )


def _told(phase: Phase, job: Job) -> Job:
    if job.status == "pending" and job.queue_position > 0:
        phase.say(f"in the queue, {job.queue_position} of {job.queue_size}")
    return job


def _show(phase: Phase, line: JobLog) -> None:
    if line.stage:
        phase.say(line.stage)
    text = build_line(line)
    if text is not None:
        phase.log(text)


def _counted(warnings: int) -> str:
    return "" if warnings == 0 else "1 warning" if warnings == 1 else f"{warnings} warnings"
