"""The daily run: every home gets its snapshot of the day, and what is superfluous goes."""

__all__ = ["STALE_AFTER", "SnapshotRun", "run_home_snapshots"]

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from core.errors import SptFlowError
from jobs.event_log import EventLog
from jobs.metrics_output import MetricsOutput
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.homes import list_homes
from jobs.snapshots.keeper import Keeper, open_keeper
from jobs.snapshots.metrics import RUN_SUCCESS, RunTally, counts, render_run
from jobs.snapshots.model import Home, Snapshot, State
from jobs.snapshots.retention import due, newest_ready, newly_gone, superfluous
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import WorkerPods

STALE_AFTER: Final = timedelta(hours=26)
"""A home whose newest ready snapshot is older is an alarm: a day was left out."""

_JOB: Final = "spt-flow-snapshots"
_POLL_SECONDS: Final = 1.0


def run_home_snapshots(settings: SnapshotSettings, log: EventLog) -> int:
    """Run once on the real cluster; return 0 if every home has a fresh snapshot and nothing failed, else 1."""
    started, tally = time.monotonic(), RunTally()
    try:
        with Cluster() as cluster:
            pods = WorkerPods(cluster, settings)
            for name in pods.clear(datetime.now(UTC)):
                log.write("pod-removed", level="warning", pod=name, reason="a former run was killed")
            tally.way, keeper = open_keeper(settings, cluster, pods, log)
            SnapshotRun(settings, log, keeper, partial(list_homes, cluster, settings.namespace), tally).run()
    except SptFlowError as error:
        # Not everything could be seen: what was not decided is decided by the next run.
        tally.is_complete = False
        log.write("look", level="error", outcome="failed", error=error.message, next=error.next_command)
    finally:
        tally.seconds = round(time.monotonic() - started, 3)
        output = MetricsOutput(_JOB, RUN_SUCCESS, settings.metrics_file, settings.pushgateway_url)
        output.publish(partial(render_run, tally), log, is_success=tally.is_success)
        log.write("finished", level="info" if tally.is_success else "error", way=tally.way, **counts(tally))
    return 0 if tally.is_success else 1


@dataclass
class SnapshotRun:
    """One run: its parts and its counts. Killed at any point, the next run finds out what is left to do."""

    settings: SnapshotSettings
    log: EventLog
    keeper: Keeper
    look: Callable[[], Sequence[Home]]
    tally: RunTally
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Take what is due, wait, and only then let go of anything; raise SptFlowError if it cannot be seen."""
        homes = self.look()
        snapshots = self.keeper.list()
        self.tally.homes = len(homes)
        gone = newly_gone(homes, snapshots)
        if gone:
            self.keeper.mark_gone(gone, self.clock())
            for claim in sorted({each.claim for each in gone}):
                self.log.write("claim-gone", claim=claim, reason=f"kept for {self.settings.keep_days} days from now")
        now = self.clock()
        work = due(homes, snapshots, now)
        awaited = {each.claim_uid for each in work.under_way} | {
            home.uid for home in work.homes if self._take(home, now)
        }
        snapshots = self._wait(awaited, now)
        removed = self._remove(homes, snapshots)
        self._judge(homes, [each for each in snapshots if each.id not in removed])

    def _take(self, home: Home, now: datetime) -> bool:
        try:
            self.keeper.take(home, now)
        except SptFlowError as error:
            self._fail("take", home.name, error)
            return False
        self.tally.taken += 1
        self.log.write("take", outcome="begun", claim=home.name)
        return True

    def _wait(self, uids: set[str], since: datetime) -> Sequence[Snapshot]:
        """Return the snapshots when each of the homes has a ready one of this day, or time is up."""
        end = since + timedelta(seconds=self.settings.wait_seconds)
        since = since.replace(microsecond=0)  # the API's times are whole seconds
        today = since.astimezone(UTC).date()
        while True:
            snapshots = self.keeper.list()
            ready = {
                each.claim_uid
                for each in snapshots
                if each.state is State.READY and each.created.astimezone(UTC).date() >= today
            }
            failed = {each.claim_uid for each in snapshots if each.state is State.FAILED and each.created >= since}
            if uids <= ready | failed or self.clock() >= end:
                break
            self.sleep(_POLL_SECONDS)
        for each in snapshots:
            if each.claim_uid in uids - ready and each.state is not State.READY:
                self.tally.failed += 1
                reason = each.reason or "it was not ready in time"
                self.log.write("take", level="error", outcome="not-ready", claim=each.claim, error=reason)
        return snapshots

    def _remove(self, homes: Sequence[Home], snapshots: Sequence[Snapshot]) -> set[str]:
        """Let go of what is superfluous, and return the ids of that; what fails is tried again by the next run."""
        removed: set[str] = set()
        for removal in superfluous(homes, snapshots, self.keeper.in_use(), self.settings.rules, self.clock()):
            snapshot = removal.snapshot
            try:
                self.keeper.remove(snapshot)
            except SptFlowError as error:
                self._fail("remove", snapshot.claim, error)
            else:
                removed.add(snapshot.id)
                self.log.write("remove", claim=snapshot.claim, snapshot=snapshot.id, reason=removal.reason)
        try:
            self.keeper.finish()
        except SptFlowError as error:
            self._fail("free", "", error)
        self.tally.removed = len(removed)
        return removed

    def _fail(self, what: str, claim: str, error: SptFlowError) -> None:
        self.tally.failed += 1
        self.log.write(what, level="error", outcome="failed", claim=claim, error=error.message)

    def _judge(self, homes: Sequence[Home], snapshots: Sequence[Snapshot]) -> None:
        """Count what is there, and name the homes that have been without a fresh snapshot for too long."""
        now = self.clock()
        self.tally.kept = sum(each.state is State.READY for each in snapshots)
        self.tally.not_ready = len(snapshots) - self.tally.kept
        for home in (home for home in homes if home.is_bound and not home.is_terminating):
            newest = newest_ready(each for each in snapshots if each.claim_uid == home.uid)
            since = home.created if newest is None else newest.created
            if newest is not None:
                self.tally.newest[home.name] = newest.created.timestamp()
            if now - since > STALE_AFTER:
                self.tally.uncovered += 1
                last = "never" if newest is None else newest.created.isoformat(timespec="seconds")
                self.log.write("uncovered", level="error", claim=home.name, newest=last)
