"""Business hours in PromQL: the same answer as the calendar's, in every zone, around every change of its clock."""

import json
import random
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from components.alert_rules.business_hours import FIRST, LAST, business_hours_expression, local_time_expression
from core.business_hours import BusinessHours
from tests.support.prometheus import PrometheusServer, running_prometheus

_ZONES: Final = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Auckland",
)
"""Without changes, with them in both hemispheres, by half an hour, by the moon, and at odd distances from UTC."""

_HOURS: Final = (("Mon-Fri", "09:00-17:00"), ("Sun-Thu", "08:30-16:15"), ("Sat", "00:00-24:00"))
_NEAR: Final = (-3600, -1800, -1, 0, 1, 1800, 3600, 7200)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    with running_prometheus(tmp_path_factory.mktemp("prometheus"), {"scrape_configs": []}) as running:
        yield running


def _value(server: PrometheusServer, expression: str, moment: datetime) -> float:
    """Return what Prometheus makes of the expression at a moment of any year."""
    body = urllib.parse.urlencode({"query": expression, "time": f"{moment.timestamp():.0f}"}).encode()
    url = f"{server.url}/api/v1/query"
    with urllib.request.urlopen(url, body, timeout=10) as answer:  # noqa: S310 - always http
        found: dict[str, Any] = json.load(answer)
    (series,) = found["data"]["result"]
    assert series["metric"] == {}
    return float(series["value"][1])


def _changes(zone: ZoneInfo) -> list[datetime]:
    """Return the moments near which the zone's clock is changed, found by another way than the expression's."""
    days = [FIRST + timedelta(days=day) for day in range((LAST - FIRST).days)]
    changed = [
        end for start, end in pairwise(days) if start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset()
    ]
    return [
        next(
            moment
            for minute in range(24 * 60 + 1)
            if (moment := end - timedelta(days=1) + timedelta(minutes=minute)).astimezone(zone).utcoffset()
            == end.astimezone(zone).utcoffset()
        )
        for end in changed
    ]


def _moments(zone: ZoneInfo) -> list[datetime]:
    chance = random.Random(zone.key)  # noqa: S311 - moments to look at, the same ones each time
    anywhere = [FIRST + timedelta(seconds=chance.randrange(int((LAST - FIRST).total_seconds()))) for _ in range(12)]
    changes = _changes(zone)
    near = [chance.choice(changes) + timedelta(seconds=chance.choice(_NEAR)) for _ in range(12)] if changes else []
    return [*anywhere, *near]


@pytest.mark.parametrize("name", _ZONES)
def test_the_local_clock_is_the_zones(name: str, server: PrometheusServer) -> None:
    zone = ZoneInfo(name)
    expression = local_time_expression(zone)
    for moment in _moments(zone):
        local = moment.astimezone(zone).replace(tzinfo=UTC).timestamp()
        assert _value(server, expression, moment) == local, moment


@pytest.mark.parametrize("name", _ZONES)
def test_business_hours_are_those_of_the_calendar(name: str, server: PrometheusServer) -> None:
    zone = ZoneInfo(name)
    local = local_time_expression(zone)
    for number, moment in enumerate(_moments(zone)):
        hours = BusinessHours.parse(*_HOURS[number % len(_HOURS)], name)
        expression = business_hours_expression(hours, local)
        assert _value(server, expression, moment) == hours.cover(moment), (moment, hours)


def test_both_ends_of_a_day(server: PrometheusServer) -> None:
    hours = BusinessHours.parse("Mon-Fri", "09:00-17:00", "Europe/Berlin")
    expression = business_hours_expression(hours, local_time_expression(hours.zone))
    # Monday in summer: 09:00 is 07:00 UTC. In winter it is 08:00.
    summer, winter = datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC)
    begins = [summer + timedelta(hours=7), winter + timedelta(hours=8)]
    for begin in begins:
        seen = [
            _value(server, expression, begin + timedelta(seconds=offset)) for offset in (-1, 0, 8 * 3600 - 1, 8 * 3600)
        ]
        assert seen == [0, 1, 1, 0], begin
    assert _value(server, expression, summer - timedelta(days=1) + timedelta(hours=10)) == 0


def test_a_table_reaches_far_enough() -> None:
    assert datetime.now(UTC) + timedelta(days=2 * 365) < LAST, "the table of clock changes needs more years"
