"""What a collection amounted to, for the log and in Prometheus' text format."""

__all__ = ["Tally", "publish"]

from dataclasses import asdict, dataclass
from typing import Final

from jobs.event_log import EventLog
from jobs.gauges import render_gauges
from jobs.metrics_output import MetricsOutput
from jobs.registry_gc.settings import RegistryGcSettings

_PREFIX: Final = "spt_flow_registry_gc"
_JOB: Final = "spt-flow-registry-gc"
_HELP: Final = {
    "tags_kept": "Tags that stayed.",
    "tags_removed": "Tags that had served their time.",
    "manifests_removed": "Manifests that nothing referred to.",
    "blobs_removed": "Blobs that nothing referred to, manifests among them.",
    "bytes_freed": "Bytes of these blobs.",
    "bytes_kept": "Bytes of the blobs that stayed.",
    "images_checked": "Images of which it was checked that they can be pulled by digest.",
    "images_broken": "Of these, the ones that cannot, and could before.",
    "images_incomplete": "Images that were incomplete before anything was collected.",
    "pause_seconds": "How long the registry was closed.",
    "seconds": "Duration of the run.",
}


@dataclass
class Tally:
    """Figures of one run; `has_failed` is whether something went wrong."""

    tags_kept: int = 0
    tags_removed: int = 0
    manifests_removed: int = 0
    blobs_removed: int = 0
    bytes_freed: int = 0
    bytes_kept: int = 0
    images_checked: int = 0
    images_broken: int = 0
    images_incomplete: int = 0
    pause_seconds: float = 0.0
    seconds: float = 0.0
    has_failed: bool = False

    @property
    def is_success(self) -> bool:
        """Say whether all went well."""
        return not self.has_failed and self.images_broken == 0

    def fields(self) -> dict[str, object]:
        """Return all figures by name, for the log."""
        return asdict(self)


def publish(settings: RegistryGcSettings, tally: Tally, log: EventLog) -> None:
    """Hand the metrics to whatever is set."""

    def render(now: float, last_success: float | None) -> str:
        return render_gauges(
            _PREFIX, {name: (text, getattr(tally, name)) for name, text in _HELP.items()}, now, last_success
        )

    last_success = f"{_PREFIX}_last_success_timestamp_seconds"
    output = MetricsOutput(_JOB, last_success, settings.metrics_file, settings.pushgateway_url)
    output.publish(render, log, is_success=tally.is_success)
