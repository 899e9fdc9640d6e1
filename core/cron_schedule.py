"""Cron schedules as Kubernetes reads them: when they start something, and whether ever in business hours."""

__all__ = ["CronScheduleError", "CronTimes", "start_in_hours"]

import bisect
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from core.business_hours import BusinessHours

_BOUNDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_PART: Final = re.compile(r"(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", re.ASCII)
_NAMED: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_DAY: Final = dt.timedelta(days=1)
_HOUR_MINUTES: Final = 60
# Weekdays and leap years take 28 years to repeat.
_FIRST: Final = dt.date(2025, 1, 1)
_DAYS: Final = 28 * 365 + 7


class CronScheduleError(ValueError):
    """The text is no schedule of five fields of numbers, ranges and steps."""


@dataclass(frozen=True)
class CronTimes:
    """What a schedule says: minutes of the day in order, and which days."""

    minutes: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday, as in cron."""
    needs_both: bool
    """Whether day of month and day of week have to agree: if either is any; else one of them is enough."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read five fields, or a name such as @daily; raise CronScheduleError for anything else."""
        fields = _NAMED.get(text, text).split()
        if len(fields) != len(_BOUNDS):
            raise CronScheduleError
        minutes, hours, days, months, weekdays = (
            _numbers(field, bounds) for field, bounds in zip(fields, _BOUNDS, strict=True)
        )
        return cls(
            tuple(sorted(hour * _HOUR_MINUTES + minute for hour in hours for minute in minutes)),
            days,
            months,
            weekdays,
            any(part in {"*", "*/1"} for field in (fields[2], fields[4]) for part in field.split(",")),
        )

    def has_day(self, day: dt.date) -> bool:
        """Say whether something is started on this day."""
        if day.month not in self.months:
            return False
        found = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return all(found) if self.needs_both else any(found)

    def starts(self, begin: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
        """Yield the starts from `begin` to before `end` by the clock of `zone`, in UTC, each once."""
        day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
        while day <= last:
            if self.has_day(day):
                # Sorted as a whole: in an hour that the clock has twice, 02:20 is before the second 02:00.
                yield from sorted(start for start in self._of(day, begin, end, zone) if begin <= start < end)
            day += _DAY

    def _of(self, day: dt.date, begin: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> Iterator[dt.datetime]:
        first, last = begin.astimezone(zone), end.astimezone(zone)
        # A clock that is put back or forward meanwhile, at most by some hours, moves what has to be looked at.
        low = (first.hour - 3) * _HOUR_MINUTES if first.date() == day else 0
        high = (last.hour + 4) * _HOUR_MINUTES if last.date() == day else 25 * _HOUR_MINUTES
        for minute in self.minutes[bisect.bisect_left(self.minutes, low) : bisect.bisect_right(self.minutes, high)]:
            wall = dt.datetime.combine(day, dt.time(*divmod(minute, _HOUR_MINUTES)))
            found = {wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}
            # An hour that is left out has no start.
            yield from (each for each in found if each.astimezone(zone).replace(tzinfo=None) == wall)


@lru_cache(maxsize=256)
def start_in_hours(
    times: CronTimes, zone: ZoneInfo, hours: BusinessHours, before: dt.timedelta = dt.timedelta()
) -> dt.datetime | None:
    """Return the first start within business hours, or less than `before` ahead of them, in 28 years; None if none is.

    `zone` is that of the schedule's clock.
    """
    reach = int(before / _DAY) + 2
    for number in range(_DAYS):
        day = _FIRST + number * _DAY
        if day.weekday() not in hours.days:
            continue
        if not any(times.has_day(day + shift * _DAY) for shift in range(-reach, 3)):
            continue
        midnight = dt.datetime.combine(day, dt.time(), hours.zone)
        opening = (midnight + hours.start).astimezone(dt.UTC)
        closing = (midnight + hours.end).replace(fold=1).astimezone(dt.UTC)
        for start in times.starts(opening - before, closing, zone):
            if opening - before < start < opening or hours.cover(start):
                return start
    return None


def _numbers(field: str, bounds: tuple[int, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise CronScheduleError
        step = 1 if match[4] is None else int(match[4])
        first = bounds[0] if match[1] else int(match[2])
        # "5/15" goes on to the end, "5" does not.
        last = int(match[3]) if match[3] else bounds[1] if match[1] or match[4] else first
        if not bounds[0] <= first <= last <= bounds[1] or step == 0:
            raise CronScheduleError
        found.update(range(first, last + 1, step))
    return frozenset(found)
