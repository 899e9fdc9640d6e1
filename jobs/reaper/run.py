"""One run of the reaper: look at everything, decide, act, tell."""

__all__ = ["Coder", "Reaping", "Volumes", "run_reaper"]

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, Protocol, TypeAlias
from uuid import UUID

from core.errors import SptFlowError
from jobs.environment import read_secret
from jobs.event_log import EventLog, Level
from jobs.reaper.claims import ClaimChangedError, ClaimStore
from jobs.reaper.decision import (
    Action,
    ActiveBuild,
    CancelBuild,
    Claim,
    ClaimOfUnknown,
    DeleteClaim,
    DeleteWorkspace,
    MarkClaim,
    OrphanInGrace,
    Record,
    Rules,
    UnmarkClaim,
    Workspace,
    decide,
)
from jobs.reaper.inventory import BusyError, Deletion, open_inventory
from jobs.reaper.metrics import Tally, publish
from jobs.reaper.settings import ReaperSettings
from jobs.reaper.starts import count_starts

_POLL_SECONDS: Final = 1.0
_Outcome: TypeAlias = Literal["done", "dry-run", "failed", "kept", "left-alone", "started", "unfinished"]
_LEVELS: Final[dict[str, Level]] = {"failed": "error", "left-alone": "warning", "unfinished": "warning"}
_EVENTS: Final[dict[type[Action], str]] = {
    DeleteWorkspace: "delete-workspace",
    CancelBuild: "cancel-start",
    ActiveBuild: "leave-to-build",
    MarkClaim: "mark-claim",
    OrphanInGrace: "keep-orphan",
    UnmarkClaim: "unmark-claim",
    DeleteClaim: "delete-claim",
    ClaimOfUnknown: "keep-unknown",
}


class Coder(Protocol):
    """What the reaper asks of Coder."""

    def refuse_narrow_token(self) -> None:
        """Raise if the token does not show, and give power over, everybody's workspaces."""

    def list_all(self) -> list[Workspace]:
        """Return every workspace there is, or raise."""

    def record(self, workspace_id: UUID) -> Record:
        """Return what Coder says of one workspace, or raise."""

    def delete(self, workspace: Workspace) -> None:
        """Start the deletion of a workspace and its resources; raise BusyError if a build is at work."""

    def cancel(self, workspace: Workspace) -> None:
        """Cancel the workspace's latest build; raise BusyError if there is nothing to cancel any more."""

    def deletion(self, workspace: Workspace) -> Deletion:
        """Return how far the deletion is, or raise."""


class Volumes(Protocol):
    """What the reaper asks of the cluster."""

    def list_all(self) -> list[Claim]:
        """Return every claim, or raise."""

    def mark(self, claim: Claim, since: datetime) -> None:
        """Write on the claim since when it is an orphan."""

    def unmark(self, claim: Claim) -> None:
        """Take that off again."""

    def delete(self, claim: Claim) -> None:
        """Delete the claim."""


def run_reaper(settings: ReaperSettings, log: EventLog) -> int:
    """Run once with the real Coder and the real cluster; return the exit code."""
    token = read_secret(settings.token, settings.token_file, variable="CODER_SESSION_TOKEN")
    started, tally = time.monotonic(), Tally()
    try:
        with open_inventory(str(settings.coder_url), token) as coder, ClaimStore(settings.namespace) as volumes:
            Reaping(settings, log, coder, volumes, tally).run()
    except SptFlowError as error:
        # Not everything could be seen, so nothing was decided and nothing done.
        tally.is_complete = False
        log.write("look", level="error", outcome="failed", error=error.message, next=error.next_command)
    finally:
        tally.seconds = round(time.monotonic() - started, 3)
        publish(settings, tally, log)
        level: Level = "info" if tally.is_success else "error"
        log.write("finished", level=level, dry_run=settings.dry_run, **tally.fields())
    return 0 if tally.is_success else 1


@dataclass
class Reaping:
    """One run: its parts, its counts, and the deletions that have been started."""

    settings: ReaperSettings
    log: EventLog
    coder: Coder
    volumes: Volumes
    tally: Tally
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    sleep: Callable[[float], None] = time.sleep
    pending: list[DeleteWorkspace] = field(default_factory=list)

    def run(self) -> None:
        """Look, decide and act; raise SptFlowError, with nothing done, if not everything could be seen."""
        for action in self._look():
            try:
                self._act(action)
            except (BusyError, ClaimChangedError) as error:
                self._tell(action, "left-alone", error.message)
            except SptFlowError as error:
                self.tally.failed += 1
                self._tell(action, "failed", error.message)
        self._wait()

    def _look(self) -> tuple[Action, ...]:
        # Claims first: a workspace is in Coder's list before its claim exists, so no new one can look like an orphan.
        claims = self.volumes.list_all()
        self.coder.refuse_narrow_token()
        workspaces = self.coder.list_all()
        strangers = {claim.workspace_id for claim in claims} - {workspace.id for workspace in workspaces}
        records = {identity: self.coder.record(identity) for identity in strangers if identity is not None}
        settings = self.settings
        rules = Rules(frozenset(settings.templates), settings.default_ttl, settings.max_ttl, settings.grace)
        self.tally.workspaces_found = sum(workspace.template in rules.templates for workspace in workspaces)
        self.tally.claims_found = len(claims)
        starts = count_starts(workspaces, self.now)
        self.tally.starts, self.tally.starts_failed, self.tally.starts_slow = starts.begun, starts.failed, starts.slow
        self.tally.start_longest_seconds = starts.longest_seconds
        return decide(workspaces, claims, records, rules, self.now)

    def _act(self, action: Action) -> None:
        """Do one action, or only say so; raise SptFlowError if it failed."""
        self._count(action)
        if isinstance(action, ActiveBuild | OrphanInGrace | ClaimOfUnknown):
            self._tell(action, "kept")
        elif self.settings.dry_run:
            self._tell(action, "dry-run")
        elif isinstance(action, DeleteWorkspace):
            self.coder.delete(action.workspace)
            self.pending.append(action)
            self._tell(action, "started")
        else:
            self._change(action)
            self._tell(action, "done")

    def _change(self, action: CancelBuild | MarkClaim | UnmarkClaim | DeleteClaim) -> None:
        if isinstance(action, CancelBuild):
            self.coder.cancel(action.workspace)
        elif isinstance(action, MarkClaim):
            self.volumes.mark(action.claim, self.now)
        elif isinstance(action, UnmarkClaim):
            self.volumes.unmark(action.claim)
        else:
            self.volumes.delete(action.claim)
            self.tally.claims_deleted += 1

    def _count(self, action: Action) -> None:
        if isinstance(action, DeleteWorkspace | CancelBuild | ActiveBuild):
            self.tally.workspaces_due += 1
        elif isinstance(action, ClaimOfUnknown):
            self.tally.claims_unknown += 1
        elif not isinstance(action, UnmarkClaim):
            self.tally.claims_orphaned += 1

    def _wait(self) -> None:
        """Wait for the deletions that were started, for as long as the settings allow, and tell how each ended."""
        end = time.monotonic() + self.settings.wait_seconds
        while self.pending:
            self.pending = [action for action in self.pending if not self._has_ended(action)]
            if not self.pending or time.monotonic() >= end:
                break
            self.sleep(_POLL_SECONDS)
        for action in self.pending:
            self._tell(action, "unfinished", "the next run looks again")

    def _has_ended(self, action: DeleteWorkspace) -> bool:
        try:
            deletion = self.coder.deletion(action.workspace)
        except SptFlowError:
            # An answer that did not come says nothing of the deletion: it is asked for again, or told as unfinished.
            return False
        if deletion.error is not None:
            self.tally.failed += 1
            self._tell(action, "failed", deletion.error)
        elif deletion.has_ended:
            self.tally.workspaces_deleted += 1
            self._tell(action, "done")
        return deletion.has_ended

    def _tell(self, action: Action, outcome: _Outcome, error: str | None = None) -> None:
        if isinstance(action, DeleteWorkspace | CancelBuild | ActiveBuild):
            found = action.workspace
            subject = {"workspace": f"{found.owner}/{found.name}", "workspace_id": str(found.id)}
        else:
            subject = {"claim": action.claim.name, "workspace_id": action.claim.workspace_label}
        level: Level = "warning" if isinstance(action, ClaimOfUnknown) else _LEVELS.get(outcome, "info")
        more = {} if error is None else {"error": error}
        self.log.write(_EVENTS[type(action)], level=level, outcome=outcome, reason=action.reason, **subject, **more)
