"""The page about what keeps the platform in order: the registry and its collection, snapshots, dumps, the reaper."""

__all__ = ["UPKEEP"]

from typing import Final

from components.dashboards.panel import NONE_IS_GOOD, Bar, Dashboard, Panel, Query, Row

_HOUR: Final = 3600

_TASKS: Final = Row(
    "Tasks",
    (
        Panel(
            "Time since each task went well",
            "timeseries",
            (Query("spt_flow:task_age_seconds", "{{task}}"),),
            "A line that rises without end is a task that fails or does not run.",
            unit="s",
            width=16,
            height=8,
        ),
        Panel(
            "Pushes refused",
            "stat",
            (Query("count(push_failure_time_seconds > push_time_seconds) or vector(0)"),),
            "Tasks whose last metrics the Pushgateway did not take.",
            width=8,
            height=8,
            bars=NONE_IS_GOOD,
        ),
    ),
)

_REGISTRY: Final = Row(
    "Registry",
    (
        Panel(
            "Requests a second, by answer",
            "timeseries",
            (Query("sum by (code) (rate(registry_http_requests_total[5m]))", "{{code}}"),),
            "404 is usual: a push asks first what is there.",
            unit="reqps",
            width=8,
        ),
        Panel(
            "Storage, 95 %",
            "timeseries",
            (
                Query(
                    "histogram_quantile(0.95, sum by (le, action) (rate(registry_storage_action_seconds_bucket[5m])))",
                    "{{action}}",
                ),
            ),
            "How long the volume takes.",
            unit="s",
            width=8,
        ),
        Panel(
            "Closed for the collection",
            "stat",
            (Query("max(spt_flow_registry_gc_pause_seconds)"),),
            "How long nothing could be pushed or pulled in the last night.",
            unit="s",
            width=4,
            bars=(Bar(0, "green"), Bar(10, "orange"), Bar(60, "red")),
        ),
        Panel(
            "Freed",
            "stat",
            (Query("max(spt_flow_registry_gc_bytes_freed)"),),
            "By the last collection.",
            unit="bytes",
            width=4,
        ),
        Panel(
            "Broken images",
            "stat",
            (Query("max(spt_flow_registry_gc_images_broken)"),),
            "Images that cannot be pulled after a collection and could before it: there must be none.",
            width=6,
            bars=NONE_IS_GOOD,
        ),
        Panel(
            "Tags",
            "timeseries",
            (
                Query("max(spt_flow_registry_gc_tags_kept)", "kept"),
                Query("max(spt_flow_registry_gc_tags_removed)", "removed"),
            ),
            "Of the last collection.",
            width=18,
        ),
    ),
)

_COPIES: Final = Row(
    "Snapshots and dumps",
    (
        Panel(
            "Homes without a fresh snapshot",
            "stat",
            (Query("max(spt_flow_snapshots_uncovered)"),),
            "Their newest one is older than 26 hours.",
            bars=NONE_IS_GOOD,
        ),
        Panel(
            "Homes and snapshots",
            "timeseries",
            (
                Query("max(spt_flow_snapshots_homes)", "homes"),
                Query("max(spt_flow_snapshots_kept)", "snapshots"),
                Query("max(spt_flow_snapshots_not_ready)", "not ready"),
            ),
            "Snapshots are kept for as many days as snapshotKeepDays says.",
            width=12,
        ),
        Panel(
            "Last drill: time to recover",
            "stat",
            (Query("max(spt_flow_snapshot_drill_recovery_seconds)"),),
            "From a destroyed volume to its data.",
            unit="s",
        ),
        Panel(
            "Last drill: data at risk",
            "stat",
            (Query("max(spt_flow_snapshot_drill_recovery_point_seconds)"),),
            "Age of the newest ready snapshot, of the home where it is oldest.",
            unit="s",
            bars=(Bar(0, "green"), Bar(26 * _HOUR, "red")),
        ),
        Panel(
            "Size of the database's dump",
            "timeseries",
            (Query("max(spt_flow_database_dump_bytes)", "newest dump"),),
            "A dump that shrinks by much is worth a look.",
            unit="bytes",
            width=12,
        ),
        Panel(
            "Damaged dumps",
            "stat",
            (Query("max(spt_flow_database_dump_damaged)"),),
            "Dumps whose content is not what their checksum records.",
            bars=NONE_IS_GOOD,
        ),
    ),
)

_REAPER: Final = Row(
    "Reaper",
    (
        Panel(
            "Deleted by the last run",
            "timeseries",
            (
                Query("max(spt_flow_reaper_workspaces_deleted)", "workspaces"),
                Query("max(spt_flow_reaper_claims_deleted)", "volumes"),
            ),
            "Workspaces past their deadline, and volumes whose workspace is gone.",
            width=12,
        ),
        Panel(
            "Volumes without a workspace",
            "timeseries",
            (
                Query("max(spt_flow_reaper_claims_orphaned)", "of deleted workspaces"),
                Query("max(spt_flow_reaper_claims_unknown)", "unknown to Coder, kept"),
            ),
            "They are kept for reaperGraceHours; unknown ones for good.",
            width=12,
        ),
    ),
)

UPKEEP: Final = Dashboard(
    uid="spt-flow-upkeep",
    title="SPT Flow: upkeep",
    description="The registry and its collection, snapshots, dumps, the reaper.",
    rows=(_TASKS, _REGISTRY, _COPIES, _REAPER),
    since="now-7d",
)
"""The dashboard."""
