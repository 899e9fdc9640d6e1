"""What is to be done with workspaces and volume claims: a pure decision on what was seen, without any doing."""

__all__ = [
    "Action",
    "ActiveBuild",
    "CancelBuild",
    "Claim",
    "ClaimOfUnknown",
    "DeleteClaim",
    "DeleteWorkspace",
    "MarkClaim",
    "OrphanInGrace",
    "Record",
    "Rules",
    "UnmarkClaim",
    "Workspace",
    "decide",
]

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final, TypeAlias
from uuid import UUID


@dataclass(frozen=True)
class Workspace:
    """A workspace as Coder lists it; `build_status` is that of its latest build (pending, starting, running ...)."""

    id: UUID
    name: str
    owner: str
    template: str
    created_at: datetime
    ttl: timedelta | None
    build_id: UUID
    build_transition: str
    build_status: str
    build_error: str = ""
    build_created_at: datetime | None = None
    usable_after: timedelta | None = None
    """How long after the build was asked for all agents were ready; None before."""


@dataclass(frozen=True)
class Claim:
    """A PersistentVolumeClaim that carries a workspace's id; `orphaned_since` is the mark a former run left on it."""

    name: str
    uid: str
    resource_version: str
    workspace_label: str
    is_terminating: bool = False
    orphaned_since: str | None = None

    @property
    def workspace_id(self) -> UUID | None:
        """Return the id in the label, or None if it is none."""
        try:
            return UUID(self.workspace_label)
        except ValueError:
            return None

    @property
    def marked_at(self) -> datetime | None:
        """Return when the mark was made; None without a mark, and for one that cannot be read."""
        try:
            found = None if self.orphaned_since is None else datetime.fromisoformat(self.orphaned_since)
        except ValueError:
            return None
        return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


class Record(Enum):
    """What Coder says when asked for one workspace by its id."""

    EXISTS = "exists"
    DELETED = "deleted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rules:
    """Which workspaces have a deadline and how long orphans are kept."""

    templates: frozenset[str]
    default_ttl: timedelta
    max_ttl: timedelta
    grace: timedelta

    def deadline(self, workspace: Workspace) -> datetime:
        """Return when the workspace's life is over, counted from its creation: a restart buys no time."""
        return workspace.created_at + min(workspace.ttl or self.default_ttl, self.max_ttl)


@dataclass(frozen=True)
class DeleteWorkspace:
    """Delete a workspace, and with it its volumes, by a build of Coder's."""

    workspace: Workspace
    deadline: datetime
    reason: str


@dataclass(frozen=True)
class CancelBuild:
    """Cancel a start that has outlived its deadline; the next run deletes the workspace."""

    workspace: Workspace
    deadline: datetime
    reason: str


@dataclass(frozen=True)
class ActiveBuild:
    """Leave a workspace past its deadline to the build that is at work on it."""

    workspace: Workspace
    deadline: datetime
    reason: str


@dataclass(frozen=True)
class MarkClaim:
    """Write on an orphaned claim when it was first seen as one."""

    claim: Claim
    reason: str


@dataclass(frozen=True)
class OrphanInGrace:
    """Leave an orphaned claim alone until its grace period is over."""

    claim: Claim
    reason: str


@dataclass(frozen=True)
class UnmarkClaim:
    """Take the mark off a claim whose workspace is there after all."""

    claim: Claim
    reason: str


@dataclass(frozen=True)
class DeleteClaim:
    """Delete a claim that has been an orphan for the whole grace period."""

    claim: Claim
    reason: str


@dataclass(frozen=True)
class ClaimOfUnknown:
    """Keep a claim of which Coder cannot say that its workspace was deleted, and tell."""

    claim: Claim
    reason: str


Action: TypeAlias = (
    DeleteWorkspace | CancelBuild | ActiveBuild | MarkClaim | OrphanInGrace | UnmarkClaim | DeleteClaim | ClaimOfUnknown
)

_STARTING: Final = frozenset({"pending", "starting"})
_ACTIVE: Final = _STARTING | {"stopping", "canceling", "deleting"}


def decide(
    workspaces: Iterable[Workspace],
    claims: Iterable[Claim],
    records: Mapping[UUID, Record],
    rules: Rules,
    now: datetime,
) -> tuple[Action, ...]:
    """Return the actions for all that was seen: every workspace there is, the claims, and `records`.

    `records` has Coder's answer for ids of claims that are not among the workspaces. An id without an answer counts
    as unknown; a claim of a workspace in the list is never marked or deleted, whatever `records` says.
    """
    listed = list(workspaces)
    known = {workspace.id for workspace in listed}
    return (
        *(action for workspace in listed for action in _for_workspace(workspace, rules, now)),
        *(action for claim in claims for action in _for_claim(claim, known, records, rules, now)),
    )


def _for_workspace(workspace: Workspace, rules: Rules, now: datetime) -> Iterator[Action]:
    if workspace.template not in rules.templates:
        return
    deadline = rules.deadline(workspace)
    if now < deadline or workspace.build_status == "deleted":
        return
    reason = f"its deadline was {deadline.isoformat(timespec='seconds')}"
    status, transition = workspace.build_status, workspace.build_transition
    if status in _STARTING and transition == "start":
        yield CancelBuild(workspace, deadline, f"{reason}, and its start has not ended yet")
    elif status in _ACTIVE:
        yield ActiveBuild(workspace, deadline, f"{reason}, and a build ({transition}, {status}) is at work on it")
    else:
        failed = transition == "delete" and status in {"failed", "canceled"}
        again = f"; the last deletion ended as {status}: {workspace.build_error or 'no error given'}" if failed else ""
        yield DeleteWorkspace(workspace, deadline, reason + again)


def _for_claim(
    claim: Claim, known: set[UUID], records: Mapping[UUID, Record], rules: Rules, now: datetime
) -> Iterator[Action]:
    workspace_id = claim.workspace_id
    if claim.is_terminating:
        return
    if workspace_id is None:
        yield ClaimOfUnknown(claim, "its label holds no workspace id")
        return
    record = Record.EXISTS if workspace_id in known else records.get(workspace_id, Record.UNKNOWN)
    if record is Record.EXISTS:
        if claim.orphaned_since is not None:
            yield UnmarkClaim(claim, "its workspace exists")
    elif record is Record.UNKNOWN:
        yield ClaimOfUnknown(claim, "Coder has no record of its workspace, so nothing says that it was deleted")
    else:
        yield _for_orphan(claim, claim.marked_at, rules.grace, now)


def _for_orphan(claim: Claim, since: datetime | None, grace: timedelta, now: datetime) -> Action:
    # A mark from the future was made by a clock that was wrong: the grace period starts anew.
    if since is None or since > now:
        return MarkClaim(claim, "Coder says that its workspace was deleted")
    if now - since >= grace:
        return DeleteClaim(claim, f"its workspace was deleted, and it is an orphan since {claim.orphaned_since}")
    return OrphanInGrace(
        claim, f"an orphan since {claim.orphaned_since}; it is kept until {(since + grace).isoformat()}"
    )
