"""When a cron schedule starts something, and whether ever in business hours."""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.business_hours import BusinessHours
from core.cron_schedule import CronScheduleError, CronTimes, start_in_hours

UTC: Final = ZoneInfo("UTC")
BERLIN: Final = ZoneInfo("Europe/Berlin")
OFFICE: Final = BusinessHours.parse("Mon-Fri", "09:00-17:00", "Europe/Berlin")
MINUTE: Final = dt.timedelta(minutes=1)


def _start(text: str, zone: ZoneInfo = UTC, hours: BusinessHours = OFFICE, before: float = 0) -> str | None:
    found = start_in_hours(CronTimes.parse(text), zone, hours, dt.timedelta(hours=before))
    return None if found is None else f"{found.astimezone(hours.zone):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0 2 * * *", None),
        ("0 9 * * *", "Wed 2025-01-01 10:00"),
        ("0 8 * * *", "Wed 2025-01-01 09:00"),
        # An hour that is outside in winter, by UTC, and inside in summer.
        ("30 7 * * *", "Mon 2025-03-31 09:30"),
        ("59 6 * * *", None),
        ("0 16 * * *", None),
        ("59 15 * * *", "Wed 2025-01-01 16:59"),
        ("0 12 * * 0,6", None),
        ("0 12 * * 1", "Mon 2025-01-06 13:00"),
        # Day of month and day of week, both given: one of them is enough.
        ("0 12 1 * 6", "Wed 2025-01-01 13:00"),
        ("0 12 */2 * 6", "Wed 2025-01-01 13:00"),
        # With any day of month both have to agree.
        ("0 12 * * 6", None),
        # The 29th of February is a Sunday first.
        ("0 12 29 2 *", "Tue 2028-02-29 13:00"),
        ("*/5 * * * *", "Wed 2025-01-01 09:00"),
        ("5/50 3 * * *", None),
        ("@daily", None),
        ("@hourly", "Wed 2025-01-01 09:00"),
    ],
)
def test_the_first_start_in_business_hours(text: str, found: str | None) -> None:
    assert _start(text) == found


def test_a_schedule_has_a_clock_of_its_own() -> None:
    assert _start("0 8 * * *", BERLIN) is None
    assert _start("0 10 * * *", ZoneInfo("Asia/Tokyo")) is None
    assert _start("0 20 * * *", ZoneInfo("Asia/Tokyo")) == "Wed 2025-01-01 12:00"
    assert _start("0 2 * * *", UTC, BusinessHours.parse("Mon-Fri", "09:00-17:00", "Asia/Tokyo")) is not None


def test_a_run_that_would_still_go_on_counts() -> None:
    assert _start("0 6 * * *", UTC) is None
    assert _start("0 6 * * *", UTC, before=1) is None
    assert _start("1 6 * * *", UTC, before=1) == "Mon 2025-03-31 08:01"
    assert _start("0 20 * * 0", UTC, before=48) == "Sun 2025-01-05 21:00"
    # Nobody works on the day after.
    assert _start("0 8 * * 6", UTC, before=23) is None


def test_a_leap_day_of_any_weekday_is_looked_at() -> None:
    tuesday_only = BusinessHours.parse("Wed", "09:00-17:00", "UTC")
    assert _start("0 12 29 2 *", UTC, tuesday_only) == "Wed 2040-02-29 12:00"


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 7", "*/0 * * * *",
     "5-3 * * * *", "@every 1h", "@reboot", "TZ=UTC 0 1 * * *", "0 1 * * MON", "٣ * * * *", "-1 * * * *",
     "1,,2 * * * *"],
)  # fmt: skip
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(CronScheduleError):
        CronTimes.parse(text)


_FIELDS: Final = (
    some.sampled_from(["0", "30", "*/20", "5,45"]),
    some.sampled_from(["*", "1", "2", "7", "8-10", "*/6", "16,23"]),
    some.sampled_from(["*", "1", "26-31", "*/3"]),
    some.sampled_from(["*", "3", "10", "3,10"]),
    some.sampled_from(["*", "0", "6", "1-5"]),
)
_ZONES: Final = some.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
_SHIFTS: Final = (dt.datetime(2026, 3, 28, tzinfo=dt.UTC), dt.datetime(2026, 10, 24, tzinfo=dt.UTC))


def _matches(text: str, wall: dt.datetime) -> bool:
    """Say by each field of its own whether cron starts something at this time; written apart from the code."""
    parts = (wall.minute, wall.hour, wall.day, wall.month, (wall.weekday() + 1) % 7)
    first = (0, 0, 1, 1, 0)

    def has(field: str, value: int, low: int) -> bool:
        for part in field.split(","):
            span, _, step = part.partition("/")
            begin, dash, end = span.partition("-")
            lower = low if begin == "*" else int(begin)
            upper = 99 if begin == "*" else int(end) if dash else lower
            if lower <= value <= upper and (value - lower) % int(step or 1) == 0:
                return True
        return False

    minute, hour, day, month, weekday = (
        has(field, value, low) for field, value, low in zip(text.split(), parts, first, strict=True)
    )
    fields = text.split()
    days = (day and weekday) if "*" in (fields[2], fields[4]) else (day or weekday)
    return minute and hour and month and days


@settings(max_examples=60, deadline=None)
@given(some.tuples(*_FIELDS), _ZONES, some.sampled_from(_SHIFTS))
def test_starts_are_those_of_a_clock_that_is_read_minute_by_minute(
    fields: tuple[str, ...], zone: str, begin: dt.datetime
) -> None:
    text, place, end = " ".join(fields), ZoneInfo(zone), begin + dt.timedelta(days=3)
    minutes = [begin + number * MINUTE for number in range(3 * 24 * 60)]
    expected = [each for each in minutes if _matches(text, each.astimezone(place).replace(tzinfo=None))]
    assert list(CronTimes.parse(text).starts(begin, end, place)) == expected


@settings(max_examples=25, deadline=None)
@given(some.tuples(*_FIELDS), _ZONES, _ZONES, some.integers(0, 20))
def test_a_start_in_business_hours_is_found_if_and_only_if_there_is_one(
    fields: tuple[str, ...], zone: str, place: str, opening: int
) -> None:
    times, hours = (
        CronTimes.parse(" ".join(fields)),
        BusinessHours.parse("Mon-Sat", f"{opening:02}:00-{opening + 4:02}:00", place),
    )
    found = start_in_hours(times, ZoneInfo(zone), hours)
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    year = times.starts(begin, begin + dt.timedelta(days=365), ZoneInfo(zone))
    if found is None:
        assert not any(hours.cover(start) for start in year)
    else:
        assert hours.cover(found)
        assert found in list(times.starts(found - MINUTE, found + MINUTE, ZoneInfo(zone)))
