"""Made-up series for every alert: what it fires for, with what it says then, and what it does not fire for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_CODER: Final = 'up{job="coder-metrics", instance="10.0.0.1:2112"}'
_OTHER_CODER: Final = 'up{job="coder-metrics", instance="10.0.0.2:2112"}'
_GOOD: Final = 'coderd_api_requests_processed_total{code="200", method="GET"}'
_BAD: Final = 'coderd_api_requests_processed_total{code="502", method="GET"}'
_STARTS: Final = "spt_flow_reaper_starts"
_PUSHED: Final = '{job="spt-flow-reaper"}'
_SUCCESS: Final = "last_success_timestamp_seconds"


@dataclass(frozen=True)
class Case:
    """Series at every `step`, and what the alert does at the moment `at`: time begins on Thursday, 1970-01-01, UTC.

    `fires` has the labels and the description of each firing of it; at `not_yet` it has not lasted long enough.
    """

    alert: str
    series: Mapping[str, str]
    at: str
    fires: tuple[tuple[Mapping[str, str], str], ...] = ()
    step: str = "1m"
    not_yet: str = "0m"
    names: str = field(default="", compare=False)

    @property
    def title(self) -> str:
        """Return what a failure is called."""
        return f"{self.alert}-{'fires' if self.fires else 'silent'}-{self.at}{self.names}"


def _age(task: str, metric: str, alert: str, *, step: str, limit: int, said: str) -> list[Case]:
    """Return the cases of a task whose last good end was at the beginning: old after `limit` steps and not before."""
    series = {f'{metric}{{job="pushed"}}': f"0x{limit + 40}"}
    size, unit = int(step[:-1]), step[-1]
    # Ten minutes after the first look at which it is too old.
    fires = limit + (3 if step == "5m" else 2)
    return [
        Case(alert, series, f"{limit * size}{unit}", step=step),
        Case(
            alert,
            series,
            f"{fires * size}{unit}",
            (({"task": task}, f"The last good end of {task} was {said} ago."),),
            step=step,
            not_yet=f"{(limit + 1) * size}{unit}",
        ),
    ]


def _burnt(window: str, share: str, times: str) -> str:
    return (
        f"In the last {window} of business hours it was available for {share}, "
        f"{times} times as much of its errors as a month allows."
    )


_CODER_CASES: Final = [
    Case("CoderDown", {_CODER: "1x20"}, "20m"),
    Case("CoderDown", {_CODER: "1x4 0x20", _OTHER_CODER: "1x30"}, "20m", names="-one-replica-lives"),
    Case("CoderDown", {_CODER: "1x4 0x3 1x20"}, "12m", names="-a-restart"),
    Case(
        "CoderDown",
        {_CODER: "1x4 0x20"},
        "12m",
        (({}, "No replica of Coder has answered Prometheus for five minutes."),),
    ),
    # Without a target there is no series: that is no answer, too.
    Case(
        "CoderDown", {}, "12m", (({}, "No replica of Coder has answered Prometheus for five minutes."),), names="-gone"
    ),
    Case("CoderErrors", {_GOOD: "0+20x40", _BAD: "0+1x40"}, "40m"),
    Case("CoderErrors", {_GOOD: "0x40"}, "40m", names="-no-requests"),
    Case(
        "CoderErrors",
        {_GOOD: "0+47x40", _BAD: "0+3x40"},
        "40m",
        (({}, "6% of Coder's answers are its own errors (5xx)."),),
        not_yet="5m",
    ),
    # From 10:00 in Berlin on: two looks of thirteen.
    Case(
        "CoderAvailabilityFallsFast",
        # Nobody asks anything meanwhile: that is no ratio, and must not hide the outage.
        {_CODER: "1x107 0x9", _GOOD: "5x200"},
        "545m",
        (({}, _burnt("1h", "84.62%", "14.4")),),
        step="5m",
        not_yet="540m",
    ),
    Case("CoderAvailabilityFallsFast", {_CODER: "1x107 0x0 1x9"}, "560m", step="5m", names="-over"),
    Case("CoderAvailabilityFallsFast", {_CODER: "1x543 0x3 1x9"}, "547m", names="-short"),
    # The same at night is nobody's loss.
    Case("CoderAvailabilityFallsFast", {_CODER: "1x47 0x9"}, "250m", step="5m", names="-night"),
    # From 11:00 on: two looks of the fourteen since 09:00.
    Case(
        "CoderAvailabilityFalls",
        {_CODER: "1x59 0x9"},
        "610m",
        (({}, _burnt("6h", "85.71%", "6")),),
        step="10m",
        not_yet="600m",
    ),
    Case("CoderAvailabilityFalls", {_CODER: "1x59 0x0 1x9"}, "640m", step="10m", names="-over"),
    Case("CoderAvailabilityFalls", {_CODER: "1x93 0x0 1x9"}, "950m", step="10m", names="-short"),
    # Sunday.
    Case("CoderAvailabilityFalls", {_CODER: "1x163 0x3"}, "4950m", step="30m", names="-sunday"),
    # One look of four on each of 22 days.
    Case(
        "CoderAvailabilityMissed",
        {_CODER: "1x3 0x0 1x360"},
        "718h",
        (({}, "In the last 30 days it was 98.86% of the business hours."),),
        step="2h",
        not_yet="8h",
    ),
    Case("CoderAvailabilityMissed", {_CODER: "1x1 0x0 1x360"}, "718h", step="2h", names="-night"),
]
_START_CASES: Final = [
    Case(
        "WorkspaceStartsSlow",
        {f"{_STARTS}{_PUSHED}": "32x40", f"{_STARTS}_slow{_PUSHED}": "2x40"},
        "20m",
        (({"job": "spt-flow-reaper"}, "6.25% of the starts of the last day took longer than two minutes."),),
    ),
    Case("WorkspaceStartsSlow", {f"{_STARTS}{_PUSHED}": "100x40", f"{_STARTS}_slow{_PUSHED}": "4x40"}, "20m"),
    Case(
        "WorkspaceStartsSlow",
        {f"{_STARTS}{_PUSHED}": "3x40", f"{_STARTS}_slow{_PUSHED}": "1x40"},
        "20m",
        names="-a-single-one",
    ),
    Case(
        "WorkspaceStartsFailing",
        {f"{_STARTS}{_PUSHED}": "16x40", f"{_STARTS}_failed{_PUSHED}": "2x40"},
        "20m",
        (({"job": "spt-flow-reaper"}, "12.5% of the starts of the last day failed."),),
    ),
    Case(
        "WorkspaceStartsFailing",
        {f"{_STARTS}{_PUSHED}": "25x40", f"{_STARTS}_failed{_PUSHED}": "2x40"},
        "20m",
        names="-few-of-many",
    ),
    Case("WorkspaceStartsFailing", {f"{_STARTS}{_PUSHED}": "8x40", f"{_STARTS}_failed{_PUSHED}": "1x40"}, "20m"),
    Case(
        "WorkspaceStartsFailing",
        {f"{_STARTS}{_PUSHED}": "0x40", f"{_STARTS}_failed{_PUSHED}": "0x40"},
        "20m",
        names="-no-starts",
    ),
]
_TASK_CASES: Final = [
    *_age("reaper", f"spt_flow_reaper_{_SUCCESS}", "ReaperFailing", step="5m", limit=12, said="1h 15m 0s"),
    *_age(
        "database-dump",
        f"spt_flow_database_dump_{_SUCCESS}",
        "DatabaseDumpOld",
        step="30m",
        limit=52,
        said="1d 3h 0m 0s",
    ),
    *_age(
        "home-snapshots",
        f"spt_flow_snapshots_{_SUCCESS}",
        "HomeSnapshotsFailing",
        step="30m",
        limit=52,
        said="1d 3h 0m 0s",
    ),
    *_age(
        "home-snapshot-drill",
        f"spt_flow_snapshot_drill_{_SUCCESS}",
        "HomeSnapshotDrillOld",
        step="6h",
        limit=140,
        said="35d 12h 0m 0s",
    ),
    *_age(
        "registry-gc",
        f"spt_flow_registry_gc_{_SUCCESS}",
        "RegistryGcFailing",
        step="30m",
        limit=100,
        said="2d 3h 0m 0s",
    ),
    *_age(
        "prepull-check",
        "spt_flow_prepull_last_run_timestamp_seconds",
        "PrepullCheckFailing",
        step="10m",
        limit=12,
        said="2h 20m 0s",
    ),
]
_EVERY_TASK: Final = {
    "reaper": f"spt_flow_reaper_{_SUCCESS}",
    "database-dump": f"spt_flow_database_dump_{_SUCCESS}",
    "home-snapshots": f"spt_flow_snapshots_{_SUCCESS}",
    "home-snapshot-drill": f"spt_flow_snapshot_drill_{_SUCCESS}",
    "registry-gc": f"spt_flow_registry_gc_{_SUCCESS}",
    "prepull-check": "spt_flow_prepull_last_run_timestamp_seconds",
}
_FINDING_CASES: Final = [
    # A gateway's pod that was replaced leaves series behind: the newest counts.
    Case(
        "ReaperFailing",
        {
            f'spt_flow_reaper_{_SUCCESS}{{pod="old"}}': "0x40",
            f'spt_flow_reaper_{_SUCCESS}{{pod="new"}}': "6000x40",
        },
        "90m",
        step="5m",
        names="-two-pods",
    ),
    Case("TaskNeverDone", dict.fromkeys(_EVERY_TASK.values(), "0x200"), "28h", step="30m"),
    Case("TaskNeverDone", {}, "25h", step="30m", names="-a-new-cluster"),
    Case(
        "TaskNeverDone",
        {metric: "0x200" for task, metric in _EVERY_TASK.items() if task != "home-snapshot-drill"},
        "28h",
        (
            (
                {"task": "home-snapshot-drill"},
                "Prometheus knows of no good end of home-snapshot-drill, for more than a day.",
            ),
        ),
        step="30m",
    ),
    Case(
        "HomeSnapshotOld",
        {
            'spt_flow_snapshots_newest_ready_timestamp_seconds{claim="coder-a", instance="x"}': "0x200",
            'spt_flow_snapshots_newest_ready_timestamp_seconds{claim="coder-b", instance="x"}': "86400x200",
        },
        "27h",
        (({"claim": "coder-a"}, "That of coder-a is 1d 3h 0m 0s old."),),
        step="30m",
        not_yet="1590m",
    ),
    Case(
        "HomeSnapshotOld",
        {'spt_flow_snapshots_newest_ready_timestamp_seconds{claim="coder-a"}': "0x200"},
        "26h",
        step="30m",
    ),
    Case(
        "HomeSnapshotDrillFailed",
        {'spt_flow_snapshot_drill_failed{job="drill"}': "2x20"},
        "2m",
        (({"job": "drill"}, "2 parts of the last drill failed."),),
    ),
    Case("HomeSnapshotDrillFailed", {"spt_flow_snapshot_drill_failed": "0x20"}, "10m"),
    Case(
        "RegistryImagesBroken",
        {'spt_flow_registry_gc_images_broken{job="gc"}': "1x20"},
        "2m",
        (({"job": "gc"}, "1 images that could be pulled before the last collection cannot be pulled now."),),
    ),
    Case("RegistryImagesBroken", {"spt_flow_registry_gc_images_broken": "0x20"}, "10m"),
    Case(
        "WorkspaceImageMissing",
        {
            'spt_flow_prepull_node_has_image{node="a", job="x"}': "0x60",
            'spt_flow_prepull_node_has_image{node="b", job="x"}': "1x60",
        },
        "40m",
        (({"node": "a"}, "A workspace that starts on a waits for the image to be pulled."),),
    ),
    Case("WorkspaceImageMissing", {'spt_flow_prepull_node_has_image{node="a"}': "0x20 1x40"}, "40m"),
]


def _volume(claim: str, free: int, namespace: str = "coder") -> dict[str, str]:
    labels = f'{{namespace="{namespace}", persistentvolumeclaim="{claim}"}}'
    return {
        f"kubelet_volume_stats_available_bytes{labels}": f"{free}x60",
        f"kubelet_volume_stats_capacity_bytes{labels}": "100x60",
    }


_REGISTRY_VOLUME: Final = {"namespace": "coder", "persistentvolumeclaim": "registry-data"}
_DUMP_VOLUME: Final = {"namespace": "coder", "persistentvolumeclaim": "database-dumps"}


def _quota(used: int, hard: int) -> dict[str, str]:
    labels = 'namespace="coder-workspace", resourcequota="quota", resource="limits.cpu"'
    return {
        f'kube_resourcequota{{{labels}, type="used"}}': f"{used}x60",
        f'kube_resourcequota{{{labels}, type="hard"}}': f"{hard}x60",
    }


def _cluster(asked: int) -> dict[str, str]:
    return {
        'kube_pod_container_resource_requests{resource="cpu", pod="a"}': f"{asked}x60",
        'kube_pod_container_resource_requests{resource="cpu", pod="b"}': "1x60",
        'kube_node_status_allocatable{resource="cpu", node="a"}': "8x60",
        'kube_node_status_allocatable{resource="cpu", node="b"}': "8x60",
    }


_CAPACITY_CASES: Final = [
    Case("RegistryVolumeFull", _volume("registry-data", 4), "10m", ((_REGISTRY_VOLUME, "4% of it is free."),)),
    Case("RegistryVolumeFull", _volume("registry-data", 6), "10m"),
    Case("RegistryVolumeFilling", _volume("registry-data", 14), "40m", ((_REGISTRY_VOLUME, "14% of it is free."),)),
    Case("RegistryVolumeFilling", _volume("registry-data", 16), "40m"),
    Case(
        "PlatformVolumeFilling",
        _volume("database-dumps", 14),
        "40m",
        ((_DUMP_VOLUME, "Of database-dumps 14% is free."),),
    ),
    Case("PlatformVolumeFilling", _volume("database-dumps", 16), "40m"),
    Case("PlatformVolumeFilling", _volume("registry-data", 4), "40m", names="-the-registry-has-its-own"),
    Case("PlatformVolumeFilling", _volume("coder-1", 4, "coder-workspace"), "40m", names="-somebody's-home"),
    Case(
        "QuotaNearlyUsed",
        _quota(19, 20),
        "40m",
        (
            (
                {"namespace": "coder-workspace", "resourcequota": "quota", "resource": "limits.cpu"},
                "coder-workspace uses 95% of its limits.cpu.",
            ),
        ),
    ),
    Case("QuotaNearlyUsed", _quota(18, 20), "40m"),
    Case("QuotaNearlyUsed", _quota(0, 0), "40m", names="-forbidden"),
    Case(
        "ClusterNearlyFull",
        _cluster(14),
        "40m",
        (({"resource": "cpu"}, "93.75% of its cpu is asked for."),),
    ),
    Case("ClusterNearlyFull", _cluster(13), "40m"),
    Case(
        "WorkspacePending",
        {'kube_pod_status_phase{namespace="coder-workspace", phase="Pending", pod="ada-demo", uid="1"}': "1x30"},
        "20m",
        (({"pod": "ada-demo"}, "ada-demo has been Pending for ten minutes."),),
    ),
    Case(
        "WorkspacePending",
        {'kube_pod_status_phase{namespace="coder-workspace", phase="Pending", pod="ada-demo", uid="1"}': "1x5 0x30"},
        "20m",
    ),
]
_MANAGED: Final = 'certmanager_certificate_expiration_timestamp_seconds{namespace="coder", name="coder-tls"}'
_PROBED: Final = 'probe_ssl_earliest_cert_expiry{instance="https://coder.example.com"}'
_REFUSED: Final = (({"job": "spt-flow-reaper"}, "The Pushgateway did not take the last metrics of spt-flow-reaper."),)


def _pushed(*, good: int, bad: int) -> dict[str, str]:
    labels = '{job="spt-flow-reaper"}'
    return {f"push_time_seconds{labels}": f"{good}x80", f"push_failure_time_seconds{labels}": f"{bad}x80"}


_ENTRY_CASES: Final = [
    Case(
        "CertificateExpires",
        {_MANAGED: f"{10 * 86400}x200"},
        "2h",
        (
            (
                {"namespace": "coder", "name": "coder-tls", "certificate": "coder-tls"},
                "coder-tls has 9d 22h 0m 0s left.",
            ),
        ),
    ),
    Case("CertificateExpires", {_MANAGED: f"{15 * 86400}x200", _PROBED: f"{15 * 86400}x200"}, "2h"),
    Case(
        "CertificateExpired",
        {_PROBED: "80000x200"},
        "10m",
        (
            (
                {"instance": "https://coder.example.com", "certificate": "https://coder.example.com"},
                "https://coder.example.com has 22h 3m 20s left.",
            ),
        ),
    ),
    Case("CertificateExpired", {_MANAGED: "103600x200"}, "1h"),
    Case(
        "RegistryDown",
        {'up{job="registry-metrics"}': "1x4 0x30"},
        "20m",
        (({}, "For ten minutes. A collection that died may have left it closed."),),
    ),
    Case(
        "RegistryDown",
        {},
        "20m",
        (({}, "For ten minutes. A collection that died may have left it closed."),),
        names="-gone",
    ),
    Case("RegistryDown", {'up{job="registry-metrics"}': "1x4 _x3 1x30"}, "20m", names="-a-collection"),
    Case(
        "PushgatewayDown",
        {'up{job="pushgateway"}': "0x40"},
        "30m",
        (
            (
                {},
                "The Pushgateway has not answered for a quarter of an hour; nobody hears of jobs that fail.",
            ),
        ),
    ),
    Case("PushgatewayDown", {'up{job="pushgateway"}': "1x40"}, "30m"),
    Case("MetricsRefused", _pushed(good=60, bad=120), "10m", _REFUSED),
    Case("MetricsRefused", _pushed(good=60, bad=120), "20h", _REFUSED, step="30m"),
    # A job that is no more, whose group nobody has removed.
    Case("MetricsRefused", _pushed(good=60, bad=120), "27h", step="30m", names="-long-ago"),
    Case("MetricsRefused", _pushed(good=180, bad=120), "20m"),
]

CASES: Final = [
    *_CODER_CASES,
    *_START_CASES,
    *_TASK_CASES,
    *_FINDING_CASES,
    *_CAPACITY_CASES,
    *_ENTRY_CASES,
]
"""All of them."""
