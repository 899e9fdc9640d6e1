"""The page that is looked at first: whether the platform does what was promised, and what is wrong."""

__all__ = ["SERVICE"]

from typing import Final

from components.dashboards.panel import NONE_IS_GOOD, Bar, Dashboard, Panel, Query, Row

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_TARGET: Final = 0.995
_GOOD_OR_BAD: Final = (Bar(0, "red"), Bar(1, "green"))

_PROMISES: Final = Row(
    "Promises",
    (
        Panel(
            "Availability in business hours, 30 days",
            "stat",
            (Query("spt_flow:coder_available:business_hours:30d"),),
            "Promised: 99.5 %. Answers that were no errors of Coder's own, while people work.",
            unit="percentunit",
            bars=(Bar(0, "red"), Bar(_TARGET, "green")),
        ),
        Panel(
            "Starts within two minutes, last day",
            "stat",
            (Query("1 - spt_flow_reaper_starts_slow / (spt_flow_reaper_starts > 0)"),),
            "Promised: a workspace can be used two minutes after it was asked for.",
            unit="percentunit",
            bars=(Bar(0, "red"), Bar(0.95, "green")),
        ),
        Panel(
            "Oldest of the homes' newest snapshots",
            "stat",
            (Query("max(time() - spt_flow_snapshots_newest_ready_timestamp_seconds)"),),
            "Promised: none older than 26 hours.",
            unit="s",
            bars=(Bar(0, "green"), Bar(20 * _HOUR, "orange"), Bar(26 * _HOUR, "red")),
        ),
        Panel(
            "Alerts now",
            "stat",
            (Query('count(ALERTS{platform="spt-flow", alertstate="firing"}) or vector(0)'),),
            "Each has a section in docs/runbooks/alerts.md.",
            bars=NONE_IS_GOOD,
        ),
    ),
)

_CODER: Final = Row(
    "Coder",
    (
        Panel(
            "Answers",
            "stat",
            (Query("spt_flow:coder_up"),),
            "1 while at least one replica of Coder answers Prometheus.",
            width=4,
            bars=_GOOD_OR_BAD,
        ),
        Panel(
            "Requests a second, by answer",
            "timeseries",
            (Query("sum by (code) (rate(coderd_api_requests_processed_total[5m]))", "{{code}}"),),
            "5xx are Coder's own errors; 0 are connections that their caller gave up.",
            unit="reqps",
            width=10,
        ),
        Panel(
            "Time to answer, 95 %",
            "timeseries",
            (
                Query(
                    "histogram_quantile(0.95, sum by (le) (rate(coderd_api_request_latencies_seconds_bucket[5m])))",
                    "95 % of requests",
                ),
            ),
            "Nineteen of twenty requests are answered within this time.",
            unit="s",
            width=10,
        ),
        Panel(
            "Memory",
            "timeseries",
            (Query('process_resident_memory_bytes{job=~"coder-metrics|registry-metrics"}', "{{job}} {{pod}}"),),
            "Of Coder's and the registry's processes.",
            unit="bytes",
            width=12,
        ),
        Panel(
            "Connections to the database",
            "timeseries",
            (
                Query("sum(go_sql_in_use_connections)", "in use"),
                Query("sum(go_sql_max_open_connections)", "at most"),
            ),
            "Requests wait when all are in use.",
            width=12,
        ),
    ),
)

_ROOM: Final = Row(
    "Room",
    (
        Panel(
            "Free on volumes",
            "timeseries",
            (Query("spt_flow:volume_free_ratio", "{{persistentvolumeclaim}}"),),
            "Of the registry, the database, its dumps and the snapshots' repository; the kubelets measure it.",
            unit="percentunit",
            width=8,
            most=1,
        ),
        Panel(
            "Quotas used",
            "timeseries",
            (Query("spt_flow:quota_used_ratio", "{{namespace}} {{resource}}"),),
            "At 100 % nothing more starts in the namespace; kube-state-metrics counts it.",
            unit="percentunit",
            width=8,
            most=1,
        ),
        Panel(
            "Cluster requested",
            "timeseries",
            (Query("spt_flow:cluster_requested_ratio", "{{resource}}"),),
            "What pods have asked for, of what the nodes have.",
            unit="percentunit",
            width=8,
            most=1,
        ),
    ),
)

_FIRING: Final = Row(
    "Alerts",
    (
        Panel(
            "What fires",
            "table",
            (Query('ALERTS{platform="spt-flow", alertstate="firing"}'),),
            "By name; docs/runbooks/alerts.md says what to do.",
            width=16,
            height=8,
        ),
        Panel(
            "Certificates",
            "timeseries",
            (Query("spt_flow:certificate_left_seconds", "{{certificate}}"),),
            "Time until they end.",
            unit="s",
            width=8,
            height=8,
            bars=(Bar(0, "red"), Bar(14 * _DAY, "green")),
        ),
    ),
)

SERVICE: Final = Dashboard(
    uid="spt-flow-service",
    title="SPT Flow: service",
    description="Whether the platform does what was promised, and what is wrong.",
    rows=(_PROMISES, _CODER, _ROOM, _FIRING),
)
"""The dashboard."""
