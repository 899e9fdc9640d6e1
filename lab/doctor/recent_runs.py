"""Whether what keeps the platform in order has run lately: what never starts fails nothing, and is missed late."""

__all__ = ["recent_run_parts"]

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lab.cluster import PartHealth
from lab.platform_parts import Objects

_DAY: Final = timedelta(days=1)
_LONGEST: Final[Mapping[str, timedelta]] = {
    "database-dump": timedelta(hours=26),
    "home-snapshot-drill": 40 * _DAY,
    "home-snapshots": timedelta(hours=26),
    "prepull-check": timedelta(hours=1),
    "reaper": timedelta(hours=1),
    # At least once a week, whichever nights a stack leaves out.
    "registry-gc": 8 * _DAY,
    "registry-gc-guard": timedelta(hours=1),
}
"""How long ago the last good run may be: what the alarms allow, or a multiple of the usual interval."""


def recent_run_parts(found: Objects, now: datetime) -> list[PartHealth]:
    """Return a part for each of these CronJobs that there is; one that has never run counts from when it was made.

    A run of the snapshots is good only if every home has a fresh one: its age is that of the oldest.
    """
    jobs = {key: item for key, item in found.items() if key[0] == "CronJob" and key[2] in _LONGEST}
    return [_part(namespace, name, item, now) for (_, namespace, name), item in sorted(jobs.items())]


def _part(namespace: str, name: str, item: Mapping[str, Any], now: datetime) -> PartHealth:
    part, where = f"last good run of {name}", f"kubectl -n {namespace}"
    if item["spec"].get("suspend"):
        command = f"""{where} patch cronjob {name} -p '{{"spec": {{"suspend": false}}}}'"""
        return PartHealth(part, healthy=False, detail="suspended: it never runs", next_command=command)
    last = item["status"].get("lastSuccessfulTime")
    age = now - datetime.fromisoformat(last or item["metadata"]["creationTimestamp"])
    longest = _LONGEST[name]
    said = f"{_words(age)} ago" if last else f"none yet, it is there for {_words(age)}"
    if age <= longest:
        return PartHealth(part, healthy=True, detail=said)
    command = f"{where} create job {name}-now --from=cronjob/{name}"
    return PartHealth(part, healthy=False, detail=f"{said}; at most {_words(longest)}", next_command=command)


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    hours = minutes // 60
    if hours >= 48:  # noqa: PLR2004 - two days are the first that are told as days
        return f"{hours // 24} days"
    return f"{hours} h" if hours else f"{minutes} min"
