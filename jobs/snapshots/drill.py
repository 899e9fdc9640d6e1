"""The drill: a volume with data is destroyed and brought back, and the newest snapshot of a home is tried out."""

__all__ = ["Drill", "run_snapshot_drill"]

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from core.errors import SptFlowError
from jobs.event_log import EventLog
from jobs.metrics_output import MetricsOutput
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.homes import claim_manifest, claims_path, list_homes, read_home
from jobs.snapshots.keeper import Keeper, open_keeper
from jobs.snapshots.metrics import DRILL_SUCCESS, DrillTally, counts, render_drill
from jobs.snapshots.model import Home, Snapshot, State, VolumeShape
from jobs.snapshots.restore import DRILL_PREFIX, restore_claim
from jobs.snapshots.retention import newest_ready
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import WorkerPods

_JOB: Final = "spt-flow-snapshot-drill"
_NEXT: Final = 'make drill OVERRIDE="..." with the reason why not later'
_POLL_SECONDS: Final = 1.0
_STORAGE: Final = "1Gi"
_LEFT_OVER: Final = timedelta(hours=6)
# Storage and node may not agree on the time to the second: what changed so close to the snapshot is not compared.
_MARGIN: Final = timedelta(seconds=5)


def run_snapshot_drill(settings: SnapshotSettings, log: EventLog) -> int:
    """Run the drill on the real cluster; return 0 if all came back as it was, else 1.

    Raise SptFlowError, with nothing done, in business hours without an override, and if snapshots cannot be made.
    """
    verdict = settings.window(datetime.now(UTC), log)
    if not verdict.is_open:
        raise SptFlowError(f"No drill is held now. {verdict.sentence}", next_command=_NEXT)
    started, tally = time.monotonic(), DrillTally()
    with Cluster() as cluster:
        pods = WorkerPods(cluster, settings)
        _, keeper = open_keeper(settings, cluster, pods, log)
        Drill(settings, log, cluster, keeper, pods, tally).run()
    tally.seconds = round(time.monotonic() - started, 3)
    output = MetricsOutput(_JOB, DRILL_SUCCESS, settings.metrics_file, settings.pushgateway_url)
    output.publish(partial(render_drill, tally), log, is_success=tally.is_success)
    log.write("finished", level="info" if tally.is_success else "error", **counts(tally))
    return 0 if tally.is_success else 1


@dataclass
class Drill:
    """One drill: its parts and what came out. Whatever it makes it takes away, whether it succeeds or not."""

    settings: SnapshotSettings
    log: EventLog
    cluster: Cluster
    keeper: Keeper
    pods: WorkerPods
    tally: DrillTally
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Do all parts, each for itself; a part that fails is counted and told, never raised."""
        parts = {
            "clear": self._clear,
            "destroyed": self._own_volume,
            "newest": self._newest_home,
            "check": self.keeper.check,
        }
        for name, part in parts.items():
            try:
                part()
            except SptFlowError as error:
                self.tally.failed += 1
                self.log.write(name, level="error", outcome="failed", error=error.message, next=error.next_command)

    def _clear(self) -> None:
        """Take away the claims that killed drills have left."""
        for manifest in self.cluster.list(claims_path(self.settings.namespace)):
            found = read_home(manifest)
            if found.name.startswith(DRILL_PREFIX) and self.clock() - found.created > _LEFT_OVER:
                self._delete(found.name)
                self.log.write("claim-removed", level="warning", claim=found.name, reason="a former drill was killed")

    def _own_volume(self) -> None:
        """Write data, snapshot it, destroy the volume, restore it: every byte, right and owner has to be back."""
        name = f"{DRILL_PREFIX}{secrets.token_hex(4)}"
        shape = VolumeShape(_STORAGE, self.settings.storage_class)
        with ExitStack() as cleaning:
            path = claims_path(self.settings.namespace)
            self.cluster.create(path, claim_manifest(name, self.settings.namespace, shape, is_home=False))
            cleaning.callback(self._delete, name)
            written = self.pods.run({"do": "fill"}, volume=name)
            victim = read_home(self.cluster.get(f"{path}/{name}") or {})
            cleaning.callback(self._forget, victim.uid)
            self.keeper.take(victim, self.clock())
            snapshot = self._ready(victim)
            self._delete(name)
            destroyed = time.monotonic()
            restore_claim(self.keeper, snapshot, name, is_home=False)
            found = self.pods.run({"do": "digest"}, volume=name)
            self.tally.recovery_seconds = round(time.monotonic() - destroyed, 3)
        if found["digest"] != written["digest"]:
            raise SptFlowError("A volume that was destroyed came back other than it was.")
        self.log.write(
            "destroyed",
            outcome="restored",
            entries=found["entries"],
            bytes=found["bytes"],
            sha256=found["digest"],
            recovery_seconds=self.tally.recovery_seconds,
        )

    def _newest_home(self) -> None:
        """Restore the newest snapshot of a home beside it, and compare what has not changed since."""
        homes = {home.uid: home for home in list_homes(self.cluster, self.settings.namespace) if _is_there(home)}
        if not homes:
            self.log.write("newest", level="warning", outcome="no-home", reason="there is no home to restore")
            return
        snapshots = self.keeper.list()
        latest = [newest_ready(each for each in snapshots if each.claim_uid == uid) for uid in homes]
        found = [each for each in latest if each is not None]
        newest = newest_ready(found)
        if newest is None:
            raise SptFlowError("No home has a ready snapshot.", next_command="kubectl -n coder get jobs")
        oldest = min(each.created for each in found)
        self.tally.recovery_point_seconds = round((self.clock() - oldest).total_seconds(), 3)
        name = f"{DRILL_PREFIX}{secrets.token_hex(4)}"
        with ExitStack() as cleaning:
            cleaning.callback(self._delete, name)
            started = time.monotonic()
            restore_claim(self.keeper, newest, name, is_home=False)
            before = (newest.created - _MARGIN).timestamp()
            source = homes[newest.claim_uid].name
            said = self.pods.run({"do": "compare", "before": before}, volume=name, source=source)
            self.tally.home_recovery_seconds = round(time.monotonic() - started, 3)
        self._judge(newest, int(said["compared"]), int(said["differing"]))

    def _judge(self, newest: Snapshot, compared: int, differing: int) -> None:
        self.tally.compared, self.tally.differing = compared, differing
        if differing:
            raise SptFlowError(f"The restored copy of '{newest.claim}' differs in {differing} of {compared} files.")
        self.log.write(
            "newest",
            level="info" if compared else "warning",
            outcome="same" if compared else "nothing-to-compare",
            claim=newest.claim,
            snapshot=newest.id,
            compared=compared,
            recovery_point_seconds=self.tally.recovery_point_seconds,
        )

    def _ready(self, victim: Home) -> Snapshot:
        """Return the victim's snapshot when it is ready; raise SptFlowError when time is up."""
        end = self.clock() + timedelta(seconds=self.settings.wait_seconds)
        while True:
            own = [each for each in self.keeper.list() if each.claim_uid == victim.uid]
            if (ready := newest_ready(own)) is not None:
                return ready
            if self.clock() >= end or any(each.state is State.FAILED for each in own):
                reason = next((each.reason for each in own if each.reason), "it was not ready in time")
                raise SptFlowError(f"The snapshot of the drill's volume did not become ready: {reason}.")
            self.sleep(_POLL_SECONDS)

    def _forget(self, uid: str) -> None:
        for each in self.keeper.list():
            if each.claim_uid == uid:
                self.keeper.remove(each)
        self.keeper.finish()

    def _delete(self, name: str) -> None:
        """Delete the claim, and wait until it is gone."""
        path = claims_path(self.settings.namespace, name)
        self.cluster.delete(path)
        end = self.clock() + timedelta(seconds=self.settings.wait_seconds)
        while self.cluster.get(path) is not None:
            if self.clock() >= end:
                raise SptFlowError(
                    f"The claim '{name}' of the drill does not go.", next_command=f"kubectl delete pvc {name}"
                )
            self.sleep(_POLL_SECONDS)


def _is_there(home: Home) -> bool:
    return home.is_bound and not home.is_terminating
