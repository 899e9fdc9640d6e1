"""The invariants of retention, each by its name, over whatever histories there may be."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.snapshots.model import Home, Snapshot, State, VolumeShape
from jobs.snapshots.retention import Rules, due, newest_ready, newly_gone, superfluous

_SHAPE = VolumeShape("1Gi")
_NOW = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
_RULES = Rules(keep_days=7, grace=timedelta(hours=24))
_HOUR = timedelta(hours=1)


def _home(uid: str = "u1", **changes: bool) -> Home:
    return Home(f"home-{uid}", uid, _NOW - timedelta(days=30), _SHAPE, **changes)


def _snapshot(identity: str, age: timedelta, state: State = State.READY, uid: str = "u1") -> Snapshot:
    return Snapshot(identity, f"home-{uid}", uid, _NOW - age, state, _SHAPE)


_ages = st.integers(min_value=-30, max_value=40 * 24).map(lambda hours: timedelta(hours=hours))
_histories = st.lists(st.tuples(_ages, st.sampled_from(State), st.sampled_from(["u1", "u2", "gone"])), max_size=40).map(
    lambda rows: [_snapshot(f"s{number}", *row) for number, row in enumerate(rows)]
)
_homes = (_home("u1"), _home("u2"))


@given(_histories, st.integers(min_value=1, max_value=10))
def test_i1_a_ready_snapshot_goes_only_if_as_many_newer_ready_ones_stay(history: list[Snapshot], keep: int) -> None:
    rules = Rules(keep_days=keep)
    removed = {each.snapshot.id for each in superfluous(_homes, history, (), rules, _NOW)}
    for each in history:
        if each.id in removed and each.state is State.READY:
            staying = [
                other
                for other in history
                if other.claim_uid == each.claim_uid
                and other.state is State.READY
                and other.id not in removed
                and other.created >= each.created
            ]
            assert len(staying) >= keep
            assert _NOW - each.created >= timedelta(days=keep)


def test_i1_seven_days_are_kept_and_the_eighth_goes() -> None:
    days = [_snapshot(f"day-{age}", timedelta(days=age)) for age in range(9)]
    found = superfluous([_home()], days, (), _RULES, _NOW)
    assert {each.snapshot.id: each.reason for each in found} == {
        "day-7": "it is 7 days old, and 7 newer ones are ready",
        "day-8": "it is 8 days old, and 8 newer ones are ready",
    }
    # By hand there may be many of one day: the week before them stays.
    many = [_snapshot(f"hand-{minute}", timedelta(minutes=minute)) for minute in range(20)]
    kept = {each.id for each in days[1:8]}
    assert not kept & {each.snapshot.id for each in superfluous([_home()], [*many, *days[1:7]], (), _RULES, _NOW)}


@given(_histories)
def test_i2_failed_and_pending_ones_neither_count_nor_block(history: list[Snapshot]) -> None:
    ready = [each for each in history if each.state is State.READY]
    # They take nothing good away ...
    without = {each.snapshot.id for each in superfluous(_homes, ready, (), _RULES, _NOW)}
    removed = {each.snapshot.id for each in superfluous(_homes, history, (), _RULES, _NOW)}
    assert removed & {each.id for each in ready} == without
    # ... go after the grace, and not before ...
    living = [each for each in history if each.state is not State.READY and each.claim_uid != "gone"]
    assert removed & {each.id for each in living} == {
        each.id for each in living if _NOW - each.created >= timedelta(days=1)
    }
    # ... and a home that has nothing else is due, unless one has only just been begun.
    work = due(_homes, history, _NOW)
    for home in _homes:
        own = [each for each in history if each.claim_uid == home.uid and each.created <= _NOW + _HOUR]
        is_covered = any(each.state is State.READY and each.created.date() >= _NOW.date() for each in own)
        is_begun = any(each.state is State.PENDING and _NOW - each.created < _HOUR for each in own)
        assert (home in work.homes) == (not is_covered and not is_begun)


def test_i2_the_last_good_one_outlives_any_number_of_bad_ones() -> None:
    good = _snapshot("good", timedelta(days=60))
    bad = [_snapshot(f"bad-{number}", number * _HOUR, State.FAILED) for number in range(1, 60)]
    found = superfluous([_home()], [good, *bad], (), _RULES, _NOW)
    assert "good" not in {each.snapshot.id for each in found}
    assert len(found) == 36


@given(_histories, st.integers(min_value=0, max_value=3000))
def test_i4_a_second_run_at_once_has_nothing_to_do(history: list[Snapshot], minutes: int) -> None:
    now = _NOW + timedelta(minutes=minutes)
    made = [_snapshot(f"new-{home.uid}", _NOW - now, uid=home.uid) for home in due(_homes, history, now).homes]
    after = [*history, *made]
    gone = {each.snapshot.id for each in superfluous(_homes, after, (), _RULES, now)}
    after = [each for each in after if each.id not in gone]
    assert superfluous(_homes, after, (), _RULES, now) == ()
    assert due(_homes, after, now).homes == ()


def test_i4_a_clock_that_was_wrong_neither_stops_snapshots_nor_takes_any() -> None:
    ahead = _snapshot("from-next-month", -timedelta(days=30))
    assert due([_home()], [ahead], _NOW).homes == (_home(),)
    assert superfluous([_home()], [ahead], (), _RULES, _NOW) == ()
    # Some minutes are within what clocks of one cluster may differ by.
    assert due([_home()], [_snapshot("just-ahead", -timedelta(minutes=5))], _NOW).homes == ()


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_i4_summer_time_changes_nothing(day: datetime) -> None:
    """On the days on which clocks change in Europe, too, every run of a day but the first finds nothing due."""
    zone = datetime.fromisoformat(f"{day:%Y-%m-%d}T12:00:00+02:00").tzinfo
    made: list[datetime] = []
    for hour in range(0, 48, 4):
        now = (day + timedelta(hours=hour, minutes=17)).astimezone(zone)
        snapshots = [Snapshot(str(each), "home-u1", "u1", each, State.READY, _SHAPE) for each in made]
        if due([_home()], snapshots, now).homes:
            made.append(now)
    assert [each.astimezone(UTC).hour for each in made] == [0, 0]


@given(_histories)
def test_i5_each_claim_is_judged_for_itself(history: list[Snapshot]) -> None:
    together = {each.snapshot.id for each in superfluous(_homes, history, (), _RULES, _NOW)}
    apart = set()
    for uid in ("u1", "u2", "gone"):
        own = [each for each in history if each.claim_uid == uid]
        apart |= {each.snapshot.id for each in superfluous(_homes, own, (), _RULES, _NOW)}
    assert together == apart


def test_i5_a_claim_made_anew_under_an_old_name_starts_afresh() -> None:
    old = [Snapshot(f"old-{age}", "home-u1", "former", _NOW - timedelta(days=age), State.READY) for age in range(3)]
    assert due([_home("u1")], old, _NOW).homes == (_home("u1"),)
    assert newly_gone([_home("u1")], old) == tuple(old)


@given(st.integers(min_value=0, max_value=24 * 60 - 1))
def test_i6_a_new_volume_is_covered_within_a_day(minute: int) -> None:
    """Runs every four hours: whenever in the day it is made, the next run takes it."""
    made = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=minute)
    home = Home("home-new", "new", made, _SHAPE)
    runs = (datetime(2026, 11, 22, 2, 17, tzinfo=UTC) + each * timedelta(hours=4) for each in itertools.count())
    first = next(run for run in runs if run >= made)
    assert due([home], [], first).homes == (home,)
    assert first - made <= timedelta(hours=24)


def test_a_home_without_a_volume_or_on_its_way_out_is_not_due() -> None:
    assert due([_home(is_bound=False), _home("u2", is_terminating=True)], [], _NOW).homes == ()


def test_snapshots_of_a_claim_that_is_gone_stay_a_week_from_when_that_was_seen() -> None:
    history = [_snapshot("old", timedelta(days=20), uid="gone"), _snapshot("new", timedelta(days=10), uid="gone")]
    assert newly_gone(_homes, history) == tuple(history)
    assert superfluous(_homes, history, (), _RULES, _NOW) == ()
    for days, count in ((6, 0), (7, 2)):
        since = _NOW - timedelta(days=days)
        marked = [
            Snapshot(each.id, each.claim, each.claim_uid, each.created, each.state, None, since) for each in history
        ]
        assert newly_gone(_homes, marked) == ()
        assert len(superfluous(_homes, marked, (), _RULES, _NOW)) == count
    # One without a mark keeps all: the next run marks it.
    assert superfluous(_homes, [*marked, _snapshot("late", _HOUR, uid="gone")], (), _RULES, _NOW) == ()


def test_what_a_volume_is_being_made_of_stays() -> None:
    days = [_snapshot(f"day-{age}", timedelta(days=age)) for age in range(9)]
    found = superfluous([_home()], days, {"day-8"}, _RULES, _NOW)
    assert [each.snapshot.id for each in found] == ["day-7"]


@given(_histories)
def test_the_newest_ready_one_is_ready_and_newest(history: list[Snapshot]) -> None:
    found = newest_ready(history)
    ready = [each.created for each in history if each.state is State.READY]
    assert (found is None) == (not ready)
    assert found is None or (found.state is State.READY and found.created == max(ready))
