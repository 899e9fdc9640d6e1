"""Which homes are due for a snapshot, and which snapshots may go: pure decisions, in UTC alone.

A home is due once a calendar day. A ready snapshot goes when it is older than the days to keep and as many newer ready
ones as days are there (that alone would do were every day's run on time). What never became ready counts for nothing:
it neither keeps a home from being due nor pushes a good snapshot out, and goes after a grace. When a claim is gone,
all its snapshots stay for the days to keep, counted from when that was first seen.
"""

__all__ = ["Due", "Removal", "Rules", "due", "newest_ready", "newly_gone", "superfluous"]

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final

from jobs.snapshots.model import Home, Snapshot, State

# How far clocks of the cluster may be apart. What says it is from later than that decides nothing.
_SKEW: Final = timedelta(hours=1)
# A snapshot that is still made is waited for so long; after that the home is due again.
_PATIENCE: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Rules:
    """How many days are kept, and how long what is not ready is looked after."""

    keep_days: int = 7
    grace: timedelta = timedelta(hours=24)

    @property
    def age(self) -> timedelta:
        """Return how old a snapshot becomes at least."""
        return timedelta(days=self.keep_days)


@dataclass(frozen=True)
class Due:
    """What a run has to do: homes to be snapshotted, and snapshots under way to be waited for."""

    homes: tuple[Home, ...]
    under_way: tuple[Snapshot, ...]


@dataclass(frozen=True)
class Removal:
    """A snapshot that may go; `reason` is a clause."""

    snapshot: Snapshot
    reason: str


def due(homes: Iterable[Home], snapshots: Sequence[Snapshot], now: datetime) -> Due:
    """Return the homes without a snapshot of today (UTC), by name, and the snapshots of others that are being made."""
    found: list[Home] = []
    under_way: list[Snapshot] = []
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for home in sorted(homes, key=lambda home: home.name):
        if home.is_terminating or not home.is_bound:
            continue
        own = [each for each in snapshots if each.claim_uid == home.uid and each.created <= now + _SKEW]
        if any(each.state is State.READY and each.created >= today for each in own):
            continue
        young = [each for each in own if each.state is State.PENDING and now - each.created < _PATIENCE]
        under_way += young
        if not young:
            found.append(home)
    return Due(tuple(found), tuple(under_way))


def newly_gone(homes: Iterable[Home], snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Return the snapshots of claims that are not there any more and were not found gone before."""
    living = {home.uid for home in homes}
    return tuple(each for each in snapshots if each.claim_uid not in living and each.gone_since is None)


def superfluous(
    homes: Iterable[Home], snapshots: Sequence[Snapshot], in_use: Collection[str], rules: Rules, now: datetime
) -> tuple[Removal, ...]:
    """Return what may go; `in_use` are the ids of snapshots that a volume is being made of."""
    living = {home.uid for home in homes}
    found: list[Removal] = []
    for uid, group in groupby(sorted(snapshots, key=lambda each: each.claim_uid), key=lambda each: each.claim_uid):
        own = sorted(group, key=lambda each: (each.created, each.id), reverse=True)
        found += _of_living(own, rules, now) if uid in living else _of_gone(own, rules, now)
    return tuple(each for each in found if each.snapshot.id not in in_use)


def newest_ready(snapshots: Iterable[Snapshot]) -> Snapshot | None:
    """Return the newest snapshot that a volume can be made of, if there is one."""
    ready = [each for each in snapshots if each.state is State.READY]
    return max(ready, key=lambda each: (each.created, each.id), default=None)


def _of_living(own: Sequence[Snapshot], rules: Rules, now: datetime) -> Iterator[Removal]:
    newer = 0
    for each in own:
        age = now - each.created
        if each.state is State.READY:
            if newer >= rules.keep_days and age >= rules.age:
                yield Removal(each, f"it is {age.days} days old, and {newer} newer ones are ready")
            newer += 1
        elif age >= rules.grace:
            yield Removal(each, f"it is {each.state.value} for {age // timedelta(hours=1)} hours")


def _of_gone(own: Sequence[Snapshot], rules: Rules, now: datetime) -> Iterator[Removal]:
    # Of marks that differ the latest counts: whatever was marked later may be what somebody is looking for.
    marks = [each.gone_since for each in own]
    if any(mark is None for mark in marks):
        return
    since = max(mark for mark in marks if mark is not None)
    if now - since >= rules.age:
        for each in own:
            yield Removal(each, f"its volume is gone since {since:%Y-%m-%d}")
