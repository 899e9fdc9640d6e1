"""Business hours on the clock of their own place."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.business_hours import BusinessHours, BusinessHoursError

_FIRST, _LAST = dt.datetime(2025, 1, 1), dt.datetime(2030, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
BERLIN = BusinessHours.parse("Mon-Fri", "09:00-17:00", "Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2026-11-20T08:00", True),  # Friday 9:00 in Berlin, winter
        ("2026-11-20T07:59:59", False),
        ("2026-11-20T15:59:59", True),
        ("2026-11-20T16:00", False),  # 17:00 is after work
        ("2026-11-21T10:00", False),  # Saturday
        ("2026-07-17T07:00", True),  # Friday 9:00 in Berlin, summer
        ("2026-07-17T15:00", False),
        ("2026-03-29T08:00", False),  # Sunday on which the clock changes
        ("2026-03-30T07:00", True),  # the Monday after it
    ],
)
def test_hours_are_those_of_the_local_clock(moment: str, covered: bool) -> None:  # noqa: FBT001 - a parameter of the table
    assert BERLIN.cover(at(moment)) is covered


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ("Mon-Fri", {0, 1, 2, 3, 4}),
        ("Sat-Mon", {5, 6, 0}),
        ("Mon,Wed,Sat-Sun", {0, 2, 5, 6}),
        ("Tue", {1}),
        ("Sun-Sat", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_days_are_names_and_ranges(days: str, named: set[int]) -> None:
    assert BusinessHours.parse(days, "09:00-17:00", "UTC").days == named


@pytest.mark.parametrize(
    ("days", "hours", "zone", "words"),
    [
        ("", "09:00-17:00", "UTC", "days and ranges"),
        ("Mon-", "09:00-17:00", "UTC", "days and ranges"),
        ("mon", "09:00-17:00", "UTC", "days and ranges"),
        ("Mon", "9-17", "UTC", "two times"),
        ("Mon", "17:00-09:00", "UTC", "two times"),
        ("Mon", "09:00-09:00", "UTC", "two times"),
        ("Mon", "09:00-24:01", "UTC", "two times"),
        ("Mon", "\u0660\u0669:00-17:00", "UTC", "two times"),
        ("Mon", "09:00-17:00", "Mars/Olympus", "a time zone"),
        ("Mon", "09:00-17:00", "../../etc/passwd", "a time zone"),
        ("Mon", "09:00-17:00", "", "a time zone"),
    ],
)
def test_anything_else_is_refused_with_an_example(days: str, hours: str, zone: str, words: str) -> None:
    with pytest.raises(BusinessHoursError, match=words):
        BusinessHours.parse(days, hours, zone)


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    hours = BusinessHours.parse("Mon-Tue", "00:00-24:00", "UTC")
    assert hours.clock(hours.end_after(at("2026-11-23T10:00"))) == "Wed 00:00 UTC"


def test_hours_that_never_end_are_said_to_end_in_a_week() -> None:
    hours = BusinessHours.parse("Mon-Sun", "00:00-24:00", "UTC")
    assert hours.end_after(at("2026-11-23T10:00")) == at("2026-11-30T00:00")


@given(
    moment=st.datetimes(_FIRST, _LAST, timezones=st.just(dt.UTC)),
    start=st.integers(0, 22),
    length=st.integers(1, 24),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Asia/Kathmandu"]),
)
def test_after_the_end_nobody_works_and_before_it_somebody_does(
    moment: dt.datetime, start: int, length: int, zone: str
) -> None:
    hours = BusinessHours.parse("Mon-Sat", f"{start:02}:00-{min(24, start + length):02}:00", zone)
    if hours.cover(moment):
        end = hours.end_after(moment)
        assert not hours.cover(end)
        assert end > moment
        assert hours.cover(end - dt.timedelta(seconds=1))
