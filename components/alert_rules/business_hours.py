"""Business hours in PromQL, whose functions know UTC alone: the zone's clock changes are written out as a table."""

__all__ = ["BUSINESS_HOURS", "LOCAL_TIME", "business_hours_expression", "business_hours_group", "local_time_expression"]

import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from components.alert_rules.rule import Group, Record
from core.business_hours import BusinessHours

LOCAL_TIME: Final = "spt_flow:local_time_seconds"
"""Time on the clock of the place where people work, counted as if it were UTC."""

BUSINESS_HOURS: Final = "spt_flow:business_hours"
"""1 while people work, else 0."""

FIRST: Final = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
LAST: Final = dt.datetime(2038, 1, 1, tzinfo=dt.UTC)
"""Clock changes between these two are known; outside of them the nearest offset holds."""

_DAY: Final = dt.timedelta(days=1)
_SECOND: Final = dt.timedelta(seconds=1)
_DAYS: Final = 7


def business_hours_group(hours: BusinessHours) -> Group:
    """Return the two values that all rules about business hours are made of."""
    return Group(
        "spt-flow-business-hours",
        (
            Record(LOCAL_TIME, local_time_expression(hours.zone)),
            Record(BUSINESS_HOURS, business_hours_expression(hours, LOCAL_TIME)),
        ),
    )


def local_time_expression(zone: ZoneInfo) -> str:
    """Return an instant vector with one value: seconds since 1970 on the zone's clock."""
    offset = _offset(zone, FIRST)
    text = f"time() + {offset}" if offset >= 0 else f"time() - {-offset}"
    for moment, change in _changes(zone):
        sign = "+" if change >= 0 else "-"
        text += f" {sign} {abs(change)} * (time() >= bool {moment})"
    return f"vector({text})"


def business_hours_expression(hours: BusinessHours, local: str) -> str:
    """Return 1 or 0 for the local time that the expression `local` gives."""
    # Prometheus counts days from Sunday, BusinessHours from Monday.
    days = " + ".join(f"(day_of_week({local}) == bool {(day + 1) % _DAYS})" for day in sorted(hours.days))
    minute = f"(hour({local}) * 60 + minute({local}))"
    start, end = (int(time.total_seconds()) // 60 for time in (hours.start, hours.end))
    return f"({days}) * ({minute} >= bool {start}) * ({minute} < bool {end})"


def _changes(zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Yield when the clock is changed (seconds since 1970), and by how many seconds."""
    day = FIRST
    while day < LAST:
        following = day + _DAY
        if _offset(zone, day) != _offset(zone, following):
            before, after = day, following
            while after - before > _SECOND:
                middle = (before + (after - before) / 2).replace(microsecond=0)
                if _offset(zone, middle) == _offset(zone, day):
                    before = middle
                else:
                    after = middle
            yield int(after.timestamp()), _offset(zone, after) - _offset(zone, day)
        day = following


def _offset(zone: ZoneInfo, moment: dt.datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or dt.timedelta()
    return int(offset.total_seconds())
