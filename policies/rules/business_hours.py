"""Rule: jobs that interrupt people neither start nor still run while people work."""

__all__ = ["BUSINESS_HOURS", "MaintenanceJobs", "check"]

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from core.business_hours import BusinessHours, BusinessHoursError, parse_zone
from core.cron_schedule import CronScheduleError, CronTimes, start_in_hours
from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords

_CRON_JOB: Final = ("batch", "CronJob")
_JOBS: Final = ("CronJob coder/registry-gc", "CronJob coder/home-snapshot-drill")
_DAYS, _HOURS, _ZONE = "Mon-Fri", "09:00-17:00", "UTC"
# What the controller takes where a CronJob names no zone, on clusters whose machines' clocks are set as usual.
_CLUSTER_ZONE: Final = ZoneInfo("UTC")
_LONGEST: Final = dt.timedelta(days=7)


@dataclass(frozen=True)
class MaintenanceJobs:
    """The CronJobs that interrupt people, and when those work."""

    jobs: frozenset[str]
    hours: BusinessHours

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        days, hours, zone = (
            config.get(name, default)
            for name, default in (("businessDays", _DAYS), ("businessHours", _HOURS), ("businessTimeZone", _ZONE))
        )
        return cls(frozenset(config.get("jobs", _JOBS)), BusinessHours.parse(days, hours, zone))


def check(resource: Resource, needs: MaintenanceJobs, findings: Findings) -> None:
    """Report such CronJobs that would start, or could still run, in business hours."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) != _CRON_JOB or str(manifest.subject) not in needs.jobs:
            continue
        complaint = _complaint(manifest, needs.hours, findings)
        if complaint is not None:
            findings.violation(manifest.subject, f"{manifest.subject.title} must {complaint}.")


def _complaint(job: Manifest, hours: BusinessHours, findings: Findings) -> str | None:
    spec = job.body.get("spec")
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    deadline = spec.get("jobTemplate", "spec", "activeDeadlineSeconds")
    # Not known yet, it may be short: what starts in business hours is wrong all the same.
    longest = dt.timedelta() if findings.is_open(deadline) else _seconds(deadline)
    if longest is None:
        return "end some time: it needs activeDeadlineSeconds, at most a week"
    if findings.is_open(schedule, zone):
        return None
    try:
        times = CronTimes.parse(schedule.string())
    except CronScheduleError:
        return "have a schedule of five fields, numbers and their ranges, that can be judged"
    try:
        place = _CLUSTER_ZONE if zone.is_missing else parse_zone(zone.string())
    except BusinessHoursError:
        return "have a time zone that is known"
    start = start_in_hours(times, place, hours, longest)
    if start is None:
        return None
    what = "starts" if hours.cover(start) else "may still run, by its activeDeadlineSeconds, when it starts"
    return f"keep out of business hours: its schedule '{schedule.string()}' {what} at {hours.clock(start)}"


def _seconds(deadline: Field) -> dt.timedelta | None:
    seconds = deadline.integer()
    if seconds is None or not 0 < seconds <= _LONGEST.total_seconds():
        return None
    return dt.timedelta(seconds=seconds)


BUSINESS_HOURS: Final = ResourceRule(
    words=RuleWords(
        name="job-avoids-business-hours",
        title="Maintenance keeps out of business hours",
        description=(
            "A CronJob that interrupts people must not start in business hours, nor so late before them that it could "
            "still run when they begin, on any day of any year."
        ),
        remediation=(
            "Give the CronJob a schedule at night, by the business hours' own clock, and activeDeadlineSeconds that "
            "end before them. A stack without business hours lists no jobs in this rule's configuration."
        ),
        tags=("kubernetes", "maintenance"),
    ),
    properties={
        "jobs": {
            "type": "array",
            "items": {"type": "string", "pattern": "^CronJob [^ *]+$"},
            "default": list(_JOBS),
        },
        "businessDays": {"type": "string", "pattern": "^[A-Z][a-z]{2}([,-][A-Z][a-z]{2})*$", "default": _DAYS},
        "businessHours": {
            "type": "string",
            "pattern": "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$",
            "default": _HOURS,
        },
        "businessTimeZone": {
            "type": "string",
            "pattern": "^(UTC|[A-Z][A-Za-z_-]*(/[A-Za-z0-9_+-]+)+)$",
            "default": _ZONE,
        },
    },
    read=MaintenanceJobs.from_config,
    check=check,
)
"""The rule."""
