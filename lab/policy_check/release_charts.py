"""The charts of a stack's releases: named at once to the preview, fetched beside it, the lab's as stand-in."""

__all__ = ["FetchedChart", "ReleaseCharts"]

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from core.errors import SptFlowError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.plugins.kubernetes.charts import Chart, ChartReference, ChartStore

_STAND_INS: Final = PROJECT_ROOT / "lab" / "charts"
"""Charts of ours that take the values of somebody else's chart of the same name."""

_PATIENCE_SECONDS: Final = 20.0


@dataclass(frozen=True)
class FetchedChart:
    """A chart to render, or none; `note` says in one sentence why it is not the release's own."""

    path: Path | None
    note: str = ""


@dataclass
class ReleaseCharts(ChartStore):
    """Answers a preview without a network: what a release says of its chart is taken as it is.

    Remote charts are fetched meanwhile into the cache of `make up`; `fetched` waits for them, within limits.
    """

    store: ChartStore = field(default_factory=ChartStore)
    patience: float = _PATIENCE_SECONDS
    _fetches: dict[ChartReference, tuple[float, Future[Chart]]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="charts"))

    def resolve(self, reference: ChartReference, *, update_dependencies: bool = False) -> Chart:
        """Return a chart that is named as the release names it, and start to fetch it if it is remote."""
        local = _local(reference, update_dependencies=update_dependencies)
        if local is not None:
            return local
        self._begin(reference)
        name = reference.chart.rstrip("/").rpartition("/")[2]
        return Chart(Path(reference.chart), name, reference.version, reference.version)

    def fetched(self, reference: ChartReference) -> FetchedChart:
        """Return the chart of a release, or what stands in for it."""
        local = _local(reference, update_dependencies=False)
        if local is not None:
            return FetchedChart(local.path)
        started, fetch = self._begin(reference)
        try:
            return FetchedChart(fetch.result(max(0.0, started + self.patience - time.monotonic())).path)
        except FutureTimeoutError:
            reason = f"its repository did not answer within {self.patience:g} s"
        except (SptFlowError, OSError):
            reason = "it cannot be fetched here"
        name = reference.chart.rstrip("/").rpartition("/")[2]
        stand_in = _STAND_INS / name
        about = f"The chart '{name}' {reference.version}".rstrip()
        if (stand_in / "Chart.yaml").is_file():
            return FetchedChart(stand_in, f"{about} was not rendered itself ({reason}): lab/charts/{name} stands in.")
        return FetchedChart(None, f"{about} was not rendered ({reason}).")

    def _begin(self, reference: ChartReference) -> tuple[float, Future[Chart]]:
        if reference not in self._fetches:
            self._fetches[reference] = (time.monotonic(), self._pool.submit(self.store.resolve, reference))
        return self._fetches[reference]


def _local(reference: ChartReference, *, update_dependencies: bool) -> Chart | None:
    """Return a chart on this machine, read without running helm; archives and missing ones are left to the store."""
    if reference.repository or update_dependencies:
        return None
    path = Path(reference.chart)
    try:
        metadata = yaml.safe_load((path / "Chart.yaml").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return None
    if not isinstance(metadata, dict):
        return None
    about = [str(metadata.get(key, "")) for key in ("name", "version", "appVersion")]
    return Chart(path.absolute(), *about)
