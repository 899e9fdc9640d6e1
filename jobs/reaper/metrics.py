"""What a run amounted to, in Prometheus' text format: for a file or a Pushgateway, as nobody scrapes a short job."""

__all__ = ["Tally", "publish", "render"]

import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx

from jobs.event_log import EventLog
from jobs.reaper.settings import ReaperSettings

_PREFIX: Final = "spt_flow_reaper"
_LAST_SUCCESS: Final = f"{_PREFIX}_last_success_timestamp_seconds"
_PUSH_PATH: Final = "metrics/job/spt-flow-reaper"
_CONTENT_TYPE: Final = "text/plain; version=0.0.4"
_PUSH_SECONDS: Final = 10.0
_HELP: Final = {
    "workspaces_found": "Workspaces of templates with a deadline.",
    "workspaces_due": "Of these, past their deadline and to be deleted.",
    "workspaces_deleted": "Deleted, with their volumes.",
    "claims_found": "Volume claims that carry a workspace's id.",
    "claims_orphaned": "Of these, with a workspace that was deleted.",
    "claims_deleted": "Orphaned claims deleted after the grace period.",
    "claims_unknown": "Claims that Coder knows nothing of; they are kept.",
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
    values = {f"{_PREFIX}_{name}": (text, getattr(tally, name)) for name, text in _HELP.items()}
    values[f"{_PREFIX}_last_run_timestamp_seconds"] = ("When the last run ended.", now)
    if last_success is not None:
        values[_LAST_SUCCESS] = ("When the last run ended in which nothing failed.", last_success)
    lines = [
        f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {value:.17g}\n" for name, (text, value) in values.items()
    ]
    return "".join(lines)


def publish(settings: ReaperSettings, tally: Tally, log: EventLog) -> None:
    """Hand the metrics to whatever is set; what fails is a warning, since the reaping itself is done."""
    now = time.time()
    success = now if tally.is_success else None
    if settings.metrics_file is not None:
        try:
            _write(settings.metrics_file, render(tally, now, success or _former_success(settings.metrics_file)))
        except OSError as error:
            log.write("metrics-lost", level="warning", error=f"{settings.metrics_file}: {error.strerror}")
    if settings.pushgateway_url is not None:
        # POST replaces the metrics it names and leaves others: a failed run keeps the time of the last success.
        url = f"{str(settings.pushgateway_url).rstrip('/')}/{_PUSH_PATH}"
        try:
            answer = httpx.post(
                url,
                content=render(tally, now, success),
                headers={"Content-Type": _CONTENT_TYPE},
                timeout=_PUSH_SECONDS,
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.write("metrics-lost", level="warning", error=f"{type(error).__name__}: {error}")


def _former_success(path: Path) -> float | None:
    try:
        found = re.search(rf"^{_LAST_SUCCESS} (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        return None if found is None else float(found[1])
    except (OSError, ValueError):
        return None


def _write(path: Path, text: str) -> None:
    """Replace the file in one step: the collector may read at any time."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
