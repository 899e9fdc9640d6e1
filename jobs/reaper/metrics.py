"""What a run amounted to, in Prometheus' text format: for a file or a Pushgateway, as nobody scrapes a short job."""

__all__ = ["Tally", "publish", "render"]

from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

from jobs.event_log import EventLog
from jobs.gauges import render_gauges
from jobs.metrics_output import MetricsOutput
from jobs.reaper.settings import ReaperSettings

_PREFIX: Final = "spt_flow_reaper"
_LAST_SUCCESS: Final = f"{_PREFIX}_last_success_timestamp_seconds"
_JOB: Final = "spt-flow-reaper"
_HELP: Final = {
    "workspaces_found": "Workspaces of templates with a deadline.",
    "workspaces_due": "Of these, past their deadline and to be deleted.",
    "workspaces_deleted": "Deleted, with their volumes.",
    "claims_found": "Volume claims that carry a workspace's id.",
    "claims_orphaned": "Of these, with a workspace that was deleted.",
    "claims_deleted": "Orphaned claims deleted after the grace period.",
    "claims_unknown": "Claims that Coder knows nothing of; they are kept.",
    "starts": "Workspaces that were last started within a day.",
    "starts_failed": "Of these, the ones whose build failed.",
    "starts_slow": "Of these, the ones that were not usable within two minutes.",
    "start_longest_seconds": "The longest time from request to a usable workspace among these.",
    "failed": "Actions that failed.",
    "seconds": "Duration of the run.",
}


@dataclass
class Tally:
    """Counts of one run; `seconds` is its duration. `is_complete` is false if not everything could be seen."""

    workspaces_found: int = 0
    workspaces_due: int = 0
    workspaces_deleted: int = 0
    claims_found: int = 0
    claims_orphaned: int = 0
    claims_deleted: int = 0
    claims_unknown: int = 0
    starts: int = 0
    starts_failed: int = 0
    starts_slow: int = 0
    start_longest_seconds: float = 0.0
    failed: int = 0
    seconds: float = 0.0
    is_complete: bool = True

    @property
    def is_success(self) -> bool:
        """Say whether everything was seen and nothing failed."""
        return self.is_complete and self.failed == 0

    def fields(self) -> dict[str, object]:
        """Return all counts by name, for the log."""
        return asdict(self)


def render(tally: Tally, now: float, last_success: float | None) -> str:
    """Return the metrics as text; times are seconds since the epoch. Without a success there is no such metric."""
    values = {name: (text, getattr(tally, name)) for name, text in _HELP.items()}
    return render_gauges(_PREFIX, values, now, last_success)


def publish(settings: ReaperSettings, tally: Tally, log: EventLog) -> None:
    """Hand the metrics to whatever is set; what fails is a warning, since the reaping itself is done."""
    output = MetricsOutput(_JOB, _LAST_SUCCESS, settings.metrics_file, settings.pushgateway_url)
    output.publish(partial(render, tally), log, is_success=tally.is_success)
