"""What a run and a drill have to tell, in Prometheus' text format."""

__all__ = ["DRILL_SUCCESS", "RUN_SUCCESS", "DrillTally", "RunTally", "counts", "render_drill", "render_run"]

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeAlias

_RUN: Final = "spt_flow_snapshots"
_DRILL: Final = "spt_flow_snapshot_drill"

RUN_SUCCESS: Final = f"{_RUN}_last_success_timestamp_seconds"
"""When a run last left every home with a fresh snapshot."""

DRILL_SUCCESS: Final = f"{_DRILL}_last_success_timestamp_seconds"
"""When a drill last brought everything back."""

_Row: TypeAlias = tuple[str, str, Mapping[str, float]]


@dataclass
class RunTally:
    """Counts of one run, `seconds` its duration; `newest` has the time of each home's newest ready snapshot."""

    homes: int = field(default=0, metadata={"help": "Home volumes."})
    taken: int = field(default=0, metadata={"help": "Snapshots that were begun."})
    removed: int = field(default=0, metadata={"help": "Snapshots that were let go."})
    kept: int = field(default=0, metadata={"help": "Snapshots that are ready."})
    not_ready: int = field(default=0, metadata={"help": "Snapshots that are being made, or failed."})
    uncovered: int = field(default=0, metadata={"help": "Homes whose newest ready snapshot is older than 26 hours."})
    failed: int = field(default=0, metadata={"help": "Actions that failed."})
    seconds: float = field(default=0.0, metadata={"help": "Duration of the run."})
    is_complete: bool = True
    way: str = ""
    newest: dict[str, float] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        """Say whether everything was seen, nothing failed, and every home has a fresh snapshot."""
        return self.is_complete and self.failed == 0 and self.uncovered == 0


@dataclass
class DrillTally:
    """What a drill found; -1 is for what it did not come to."""

    recovery_seconds: float = field(default=-1.0, metadata={"help": "From a destroyed volume to its data (RTO)."})
    recovery_point_seconds: float = field(
        default=-1.0, metadata={"help": "Age of the newest ready snapshot, of the home where it is oldest (RPO)."}
    )
    home_recovery_seconds: float = field(
        default=-1.0, metadata={"help": "Duration of restoring the newest snapshot of a home."}
    )
    compared: int = field(default=0, metadata={"help": "Files of a home that were compared with their copies."})
    differing: int = field(default=0, metadata={"help": "Of these, other than their copies."})
    failed: int = field(default=0, metadata={"help": "Parts of the drill that failed."})
    seconds: float = field(default=0.0, metadata={"help": "Duration of the drill."})

    @property
    def is_success(self) -> bool:
        """Say whether every part came to a good end."""
        return self.failed == 0


def counts(tally: RunTally | DrillTally) -> dict[str, Any]:
    """Return the figures by name."""
    return {each.name: getattr(tally, each.name) for each in fields(tally) if "help" in each.metadata}


def render_run(tally: RunTally, now: float, last_success: float | None) -> str:
    """Return the metrics of a run; times are seconds since the epoch. Without a success there is no such metric.

    What could not be seen is not told: after a run that saw nothing only its own time is new.
    """
    rows: list[_Row] = []
    if tally.is_complete:
        rows = _rows(_RUN, tally)
        each = {f'{{claim="{name}"}}': moment for name, moment in sorted(tally.newest.items())}
        rows.append((f"{_RUN}_newest_ready_timestamp_seconds", "Each home's newest ready snapshot.", each))
        rows.append((f"{_RUN}_way", "How snapshots are made.", {f'{{way="{tally.way}"}}': 1.0}))
    return _text([*rows, *_times(_RUN, RUN_SUCCESS, now, last_success)])


def render_drill(tally: DrillTally, now: float, last_success: float | None) -> str:
    """Return the metrics of a drill; times are seconds since the epoch."""
    return _text([*_rows(_DRILL, tally), *_times(_DRILL, DRILL_SUCCESS, now, last_success)])


def _rows(prefix: str, tally: RunTally | DrillTally) -> list[_Row]:
    return [
        (f"{prefix}_{each.name}", each.metadata["help"], {"": float(getattr(tally, each.name))})
        for each in fields(tally)
        if "help" in each.metadata
    ]


def _times(prefix: str, success: str, now: float, last_success: float | None) -> list[_Row]:
    last = [] if last_success is None else [(success, "When the last one ended well.", {"": last_success})]
    return [(f"{prefix}_last_run_timestamp_seconds", "When the last one ended.", {"": now}), *last]


def _text(rows: Iterable[_Row]) -> str:
    lines: list[str] = []
    for name, words, values in rows:
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
        lines += [f"{name}{labels} {value:.17g}" for labels, value in values.items()]
    return "\n".join(lines) + "\n"
