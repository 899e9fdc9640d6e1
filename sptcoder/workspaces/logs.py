"""The log of a workspace's last build and of the start scripts that followed, once or for as long as they go on."""

__all__ = ["LogEntry", "WorkspaceLog"]

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Agent, Workspace
from sptcoder.cli.live_region import plain_text
from sptcoder.workspaces.log_lines import build_line
from sptcoder.workspaces.patience import Patience

_FIRST_PAUSE: Final = 0.3
_LONGEST_PAUSE: Final = 2.0
_AT_WORK: Final = frozenset({"", "created", "starting"})
_NEVER: Final = "timeout"


@dataclass(frozen=True)
class LogEntry:
    """A line; `source` is `build` or the agent's name, `stage` Terraform's (of a build), `level` info, error, ..."""

    source: str
    text: str
    level: str = ""
    stage: str = ""
    kind: Literal["build", "agent"] = "build"


@dataclass
class WorkspaceLog:
    """Reads a workspace's log; with `everything`, lines too that say of every build the same.

    `say` hears of a server that is away meanwhile. The lines hold nothing that could steer a terminal.
    """

    client: CoderClient
    workspace: Workspace
    everything: bool = False
    say: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    _pause: float = _FIRST_PAUSE
    _patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self._patience = Patience(self.say, sleep=self.sleep)

    def entries(self, *, follow: bool) -> Iterator[LogEntry]:
        """Yield the lines there are, the build's first; with `follow` also those that come until all scripts ended."""
        build = self.workspace.latest_build
        yield from self._build(build.id, follow=follow)
        if build.transition == "start":
            for agent in self._patience.ask(lambda: self.client.builds.get(build.id)).agents:
                yield from self._agent(agent, follow=follow)

    def _build(self, build_id: str, *, follow: bool) -> Iterator[LogEntry]:
        after = 0
        while True:
            # Before the lines: when the job has ended, the lines that follow are all there are.
            at_work = follow and not self._patience.ask(lambda: self.client.builds.get(build_id)).job.is_finished
            lines = self._patience.ask(lambda: self.client.builds.logs(build_id, after=after))  # noqa: B023 - at once
            for line in lines:
                after = max(after, line.id)
                text = line.output if self.everything else build_line(line)
                if text:
                    yield LogEntry("build", plain_text(text), line.log_level, line.stage)
            if not at_work:
                return
            self._wait(quiet=not lines)

    def _agent(self, agent: Agent, *, follow: bool) -> Iterator[LogEntry]:
        after = 0
        while True:
            state = self._patience.ask(lambda: self.client.agents.get(agent.id)) if follow else agent
            at_work = follow and state.lifecycle_state in _AT_WORK and state.status != _NEVER
            lines = self._patience.ask(lambda: self.client.agents.logs(agent.id, after=after))  # noqa: B023 - at once
            for line in lines:
                after = max(after, line.id)
                yield LogEntry(agent.name, plain_text(line.output), line.level, kind="agent")
            if not at_work:
                return
            self._wait(quiet=not lines)

    def _wait(self, *, quiet: bool) -> None:
        self._pause = min(self._pause * 1.5, _LONGEST_PAUSE) if quiet else _FIRST_PAUSE
        self.sleep(self._pause)
