from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.cli.duration import format_duration, parse_duration

_LEAST, _MOST = timedelta(minutes=30), timedelta(hours=24)


def _parsed(text: str) -> timedelta:
    return parse_duration(text, what="The time", least=_LEAST, most=_MOST)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("30m", 30), ("8h", 480), ("1h30m", 90), ("1d", 1440), ("24h", 1440), ("90m", 90), (" 8H ", 480), ("0h45m", 45)],
)
def test_lengths_of_time_are_read(text: str, minutes: int) -> None:
    assert _parsed(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "8", "h", "8 h", "-8h", "8s", "30m1h", "1.5h", "8h!", "٣h", "999999h"])
def test_what_is_no_length_of_time_is_misuse(text: str) -> None:
    with pytest.raises(UsageError, match="is no length of time; expected is something like 30m, 8h or 1h30m"):
        _parsed(text)


@pytest.mark.parametrize("text", ["29m", "24h1m", "2d"])
def test_bounds_are_named(text: str) -> None:
    with pytest.raises(UsageError, match=f"The time is {text}; allowed are 30m to 1d"):
        _parsed(text)


@given(st.integers(min_value=30, max_value=1440))
def test_what_is_shown_can_be_typed(minutes: int) -> None:
    assert _parsed(format_duration(timedelta(minutes=minutes))) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("duration", "shown"),
    [(timedelta(seconds=59), "0m"), (timedelta(hours=-3), "0m"), (timedelta(days=2, hours=4, minutes=3), "2d4h")],
)
def test_short_past_and_long_times_are_shown(duration: timedelta, shown: str) -> None:
    assert format_duration(duration) == shown
