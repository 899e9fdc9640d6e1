"""What a dump amounted to, in Prometheus' text format."""

__all__ = ["DumpTally", "publish"]

from dataclasses import dataclass
from functools import partial
from typing import Final

from jobs.database.settings import DatabaseSettings
from jobs.event_log import EventLog
from jobs.gauges import render_gauges
from jobs.metrics_output import MetricsOutput

_PREFIX: Final = "spt_flow_database_dump"
_LAST_SUCCESS: Final = f"{_PREFIX}_last_success_timestamp_seconds"
_JOB: Final = "spt-flow-database-dump"


@dataclass
class DumpTally:
    """Figures of one run; without success they are those of nothing."""

    bytes: int = 0
    tables: int = 0
    kept: int = 0
    damaged: int = 0
    seconds: float = 0.0
    is_success: bool = False


def publish(settings: DatabaseSettings, tally: DumpTally, log: EventLog) -> None:
    """Hand the metrics to the gateway, if there is one; what fails is a warning, since the dump itself is done."""
    output = MetricsOutput(_JOB, _LAST_SUCCESS, None, settings.pushgateway_url)
    output.publish(partial(_render, tally), log, is_success=tally.is_success)


def _render(tally: DumpTally, now: float, last_success: float | None) -> str:
    values: dict[str, tuple[str, float]] = {"seconds": ("Duration of the run.", tally.seconds)}
    if tally.is_success:
        values |= {
            "bytes": ("Size of the dump.", tally.bytes),
            "tables": ("Tables in it.", tally.tables),
            "kept": ("Good dumps that are kept.", tally.kept),
            "damaged": ("Dumps whose content is not what their checksum records.", tally.damaged),
        }
    return render_gauges(_PREFIX, values, now, last_success)
