"""The hours in which people work, on the clock of their own place: read from settings, asked about a moment."""

__all__ = ["BusinessHours", "BusinessHoursError", "parse_days", "parse_hours", "parse_zone"]

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Self
from zoneinfo import ZoneInfo

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAY: Final = dt.timedelta(days=1)


class BusinessHoursError(ValueError):
    """The text is none of what is expected; the message says what that is, with an example."""


@dataclass(frozen=True)
class BusinessHours:
    """Days (0 is Monday) and hours of the local clock, from `start` to before `end`, which may be the next midnight."""

    days: frozenset[int]
    start: dt.timedelta
    end: dt.timedelta
    zone: ZoneInfo

    @classmethod
    def parse(cls, days: str, hours: str, zone: str) -> Self:
        """Read for example ("Mon-Fri", "09:00-17:00", "Europe/Berlin"); raise BusinessHoursError for anything else."""
        return cls(parse_days(days), *parse_hours(hours), parse_zone(zone))

    def cover(self, moment: dt.datetime) -> bool:
        """Say whether people work at this moment (a time with a zone)."""
        local = moment.astimezone(self.zone)
        since_midnight = dt.timedelta(
            hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return local.weekday() in self.days and self.start <= since_midnight < self.end

    def end_after(self, moment: dt.datetime) -> dt.datetime:
        """Return when the business hours end that cover this moment; a week later if they never do."""
        local = moment.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        # The zone's own arithmetic is that of the clock on the wall, which is what people go by.
        ends = [midnight + self.end + day * _DAY for day in range(len(_DAYS))]
        return next((end for end in ends if not self.cover(end)), ends[-1])

    def clock(self, moment: dt.datetime) -> str:
        """Return day and time on the local clock, such as "Mon 17:00 Europe/Berlin"."""
        local = moment.astimezone(self.zone)
        return f"{_DAYS[local.weekday()]} {local:%H:%M} {self.zone.key}"


def parse_days(text: str) -> frozenset[int]:
    """Return the days (0 is Monday) that "Mon-Fri" or "Mon,Wed,Sat-Sun" names."""
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise BusinessHoursError("days and ranges of days are expected, for example Mon-Fri or Mon,Wed,Sat-Sun")
        begin, end = _DAYS.index(first), _DAYS.index(last if dash else first)
        found.update(day % len(_DAYS) for day in range(begin, end + 1 + (len(_DAYS) if end < begin else 0)))
    return frozenset(found)


def parse_hours(text: str) -> tuple[dt.timedelta, dt.timedelta]:
    """Return start and end, counted from midnight, of hours such as "09:00-17:00"; the end is at most "24:00"."""
    match = _HOURS.fullmatch(text)
    start, end = (
        dt.timedelta(hours=int(match[group]), minutes=int(match[group + 1])) if match else dt.timedelta()
        for group in (1, 3)
    )
    if not start < end <= _DAY:
        raise BusinessHoursError("two times of one day, the earlier first, are expected, for example 09:00-17:00")
    return start, end


def parse_zone(text: str) -> ZoneInfo:
    """Return the time zone of a name of the IANA database."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise BusinessHoursError("a time zone is expected, for example Europe/Berlin or UTC") from None
