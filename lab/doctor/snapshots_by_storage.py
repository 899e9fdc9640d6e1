"""How old the newest ready snapshot of each home is, where the storage makes them."""

__all__ = ["OF_CLAIM", "newest_snapshot_parts"]

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from lab.cluster import PartHealth
from lab.platform_parts import Objects

OF_CLAIM: Final = "spt-flow/snapshot-of"
"""The label of the platform's own VolumeSnapshots: the uid of the claim."""

_HOME: Final = "com.coder.workspace.id"
_STALE: Final = timedelta(hours=26)
_PART: Final = "snapshots of homes"
_NEXT: Final = "kubectl -n coder create job home-snapshots-now --from=cronjob/home-snapshots"


def newest_snapshot_parts(found: Objects, snapshots: Sequence[Mapping[str, Any]], now: datetime) -> list[PartHealth]:
    """Return a part for each home without a ready snapshot that is younger than 26 hours, or one for all of them."""
    newest: dict[str, datetime] = {}
    for each in snapshots:
        metadata, status = each["metadata"], each.get("status") or {}
        if status.get("readyToUse") and "deletionTimestamp" not in metadata:
            moment = datetime.fromisoformat(status.get("creationTime") or metadata["creationTimestamp"])
            uid = metadata["labels"][OF_CLAIM]
            newest[uid] = max(moment, newest.get(uid, moment))
    homes = {
        key[2]: item["metadata"]
        for key, item in sorted(found.items())
        if key[0] == "PersistentVolumeClaim" and _HOME in (item["metadata"].get("labels") or {})
    }
    faults = []
    for name, metadata in homes.items():
        since = newest.get(metadata["uid"])
        if now - (since or datetime.fromisoformat(metadata["creationTimestamp"])) > _STALE:
            detail = f"{name} has none" if since is None else f"the newest of {name} is of {since:%Y-%m-%d %H:%M} UTC"
            faults.append(PartHealth(_PART, healthy=False, detail=detail, next_command=_NEXT))
    return faults or [PartHealth(_PART, healthy=True, detail=f"{len(homes)} homes, none without one for 26 hours")]
