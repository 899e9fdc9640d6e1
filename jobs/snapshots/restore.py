"""Bringing a volume back: a new claim out of a snapshot, never over one that is there."""

__all__ = ["DRILL_PREFIX", "LATEST", "chosen", "restore_claim", "restore_home"]

import time
from collections.abc import Sequence
from datetime import UTC
from typing import Final

from core.errors import SptFlowError, UsageError
from core.kubernetes_names import is_subdomain
from jobs.event_log import EventLog
from jobs.snapshots.cluster import Cluster
from jobs.snapshots.homes import claims_path
from jobs.snapshots.keeper import Keeper, open_keeper
from jobs.snapshots.model import Snapshot, State
from jobs.snapshots.retention import newest_ready
from jobs.snapshots.settings import SnapshotSettings
from jobs.snapshots.worker_pods import WorkerPods

LATEST: Final = "latest"
"""What names the newest ready snapshot."""

DRILL_PREFIX: Final = "snapshot-drill-"
"""What names of a drill's own claims begin with; the next drill takes them away if this one cannot."""

_SHOWN: Final = 8


def restore_home(settings: SnapshotSettings, log: EventLog, *, claim: str, source: str, target: str = "") -> int:
    """Make the claim `target` (by default `claim` itself, which has to be gone) out of one of its snapshots.

    `source` is `latest`, a day such as 2026-11-22, or a snapshot's id. Raise SptFlowError, with nothing changed.
    """
    name = target or claim
    if not is_subdomain(name):
        raise UsageError(f"'{name}' can be no claim's name: small letters, digits, '-' and '.' are allowed.")
    if name.startswith(DRILL_PREFIX):
        raise UsageError(f"Names that begin with {DRILL_PREFIX} are those of drills, which clear them away.")
    started = time.monotonic()
    with Cluster() as cluster:
        pods = WorkerPods(cluster, settings)
        _, keeper = open_keeper(settings, cluster, pods, log)
        if cluster.get(claims_path(settings.namespace, name)) is not None:
            raise UsageError(
                f"The claim '{name}' is there, and a restore writes over nothing: name another one as the target, or "
                "stop the workspace and delete the claim first.",
                next_command=f"make restore PVC={claim} FROM={source} TO={claim}-restored",
            )
        snapshot = chosen(keeper.list(), claim, source)
        restore_claim(keeper, snapshot, name, is_home=name == claim)
    log.write(
        "restored",
        claim=name,
        snapshot=snapshot.id,
        of=snapshot.created.isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - started, 3),
    )
    return 0


def chosen(snapshots: Sequence[Snapshot], claim: str, source: str) -> Snapshot:
    """Return the snapshot that is meant; raise UsageError, with those there are, if there is none that is ready."""
    own = [each for each in snapshots if each.claim == claim]
    if source == LATEST:
        found = newest_ready(own)
    else:
        found = newest_ready(
            each for each in own if source in (each.id, each.created.astimezone(UTC).date().isoformat())
        )
        # restic's ids are long; their beginning is what people write.
        found = found or newest_ready(each for each in own if len(source) >= _SHOWN and each.id.startswith(source))
    if found is None:
        ready = sorted((each for each in own if each.state is State.READY), key=lambda each: each.created, reverse=True)
        there = ", ".join(f"{each.created:%Y-%m-%d}" for each in ready) or "none"
        raise UsageError(f"The claim '{claim}' has no ready snapshot '{source}'; there is of these days: {there}.")
    return found


def restore_claim(keeper: Keeper, snapshot: Snapshot, name: str, *, is_home: bool) -> None:
    """Make the claim of the snapshot, like the one that it was taken of; raise SptFlowError."""
    if snapshot.shape is None:
        raise SptFlowError(f"The snapshot '{snapshot.id}' does not say what its volume was like.")
    keeper.restore(snapshot, name, snapshot.shape, is_home=is_home)
