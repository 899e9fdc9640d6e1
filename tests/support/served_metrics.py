"""Which metrics there are: those of the jobs, as their own code writes them, and the others' that we rely on.

What Coder and the registry serve is listed by name; tests/integration/platform/test_monitoring.py sees that they do.
"""

__all__ = ["CODER_METRICS", "OTHERS_METRICS", "REGISTRY_METRICS", "job_metrics"]

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest.mock import patch

from jobs.database.metrics import DumpTally
from jobs.database.metrics import publish as publish_dump
from jobs.metrics_output import MetricsOutput
from jobs.prepull.metrics import render as render_prepull
from jobs.reaper.metrics import Tally as ReaperTally
from jobs.reaper.metrics import render as render_reaper
from jobs.registry_gc.metrics import Tally as CollectionTally
from jobs.registry_gc.metrics import publish as publish_collection
from jobs.snapshots.metrics import DrillTally, RunTally, render_drill, render_run

CODER_METRICS: Final = frozenset(
    {
        "coderd_agents_connection_latencies_seconds",
        "coderd_agents_connections",
        "coderd_api_active_users_duration_hour",
        "coderd_api_request_latencies_seconds_bucket",
        "coderd_api_requests_processed_total",
        "coderd_provisionerd_jobs_current",
        "coderd_provisionerd_workspace_build_timings_seconds_bucket",
        "coderd_workspace_builds_total",
        "coderd_workspace_latest_build_status",
        "go_sql_in_use_connections",
        "go_sql_max_open_connections",
        "process_resident_memory_bytes",
    }
)
"""Of Coder: names that are the same in the lab's version and the one on clusters."""

REGISTRY_METRICS: Final = frozenset(
    {"process_resident_memory_bytes", "registry_http_requests_total", "registry_storage_action_seconds_bucket"}
)
"""Of the registry."""

OTHERS_METRICS: Final = {
    "Prometheus itself": {"ALERTS", "up"},
    "the Pushgateway": {"push_failure_time_seconds", "push_time_seconds"},
    "the kubelets": {"kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"},
    "kube-state-metrics": {
        *("kube_resourcequota", "kube_pod_container_resource_requests", "kube_node_status_allocatable"),
        "kube_pod_status_phase",
    },
    "the blackbox exporter": {"probe_ssl_earliest_cert_expiry"},
    "cert-manager": {"certmanager_certificate_expiration_timestamp_seconds"},
}
"""By whoever serves them: the cluster's own monitoring, which this program does not bring."""


def job_metrics() -> set[str]:
    """Return the names of everything the jobs tell."""
    texts = [
        render_reaper(ReaperTally(), 1.0, 1.0),
        render_run(RunTally(newest={"home": 1.0}, way="files"), 1.0, 1.0),
        render_drill(DrillTally(), 1.0, 1.0),
        render_prepull([], 1.0, 1.0, 1.0),
        _published(lambda settings, log: publish_collection(settings, CollectionTally(), log)),
        _published(lambda settings, log: publish_dump(settings, DumpTally(is_success=True), log)),
    ]
    return {name for text in texts for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)}


def _published(publish: Callable[[Any, Any], None]) -> str:
    """Return what a job would write, without anything to write it to."""
    texts: list[str] = []

    def keep(_: MetricsOutput, render: Callable[[float, float | None], str], *__: object, **___: object) -> None:
        texts.append(render(1.0, 1.0))

    with patch.object(MetricsOutput, "publish", keep):
        publish(cast("Any", SimpleNamespace(metrics_file=None, pushgateway_url=None)), None)
    return texts[0]
