"""Rules about the platform's jobs: that each has done its work lately, and what it found."""

__all__ = ["Task", "jobs_group", "tasks"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.alert_rules.rule import DAY, HOUR, Alert, Group, Record, Severity

_AGE: Final = "spt_flow:task_age_seconds"


@dataclass(frozen=True)
class Task:
    """Something that is done again and again: how old its last good end may be, in seconds, and what is said then."""

    name: str
    metric: str
    most_seconds: int
    alert: str
    severity: Severity
    summary: str


_REAPER: Final = Task(
    "reaper",
    "spt_flow_reaper_last_success_timestamp_seconds",
    HOUR,
    "ReaperFailing",
    "warning",
    "The reaper does not come to a good end: CI workspaces stay",
)
_DUMP: Final = Task(
    "database-dump",
    "spt_flow_database_dump_last_success_timestamp_seconds",
    26 * HOUR,
    "DatabaseDumpOld",
    "critical",
    "Coder's database has no dump of today",
)
_SNAPSHOTS: Final = Task(
    "home-snapshots",
    "spt_flow_snapshots_last_success_timestamp_seconds",
    26 * HOUR,
    "HomeSnapshotsFailing",
    "critical",
    "Not every home has a snapshot of today",
)
_DRILL: Final = Task(
    "home-snapshot-drill",
    "spt_flow_snapshot_drill_last_success_timestamp_seconds",
    35 * DAY,
    "HomeSnapshotDrillOld",
    "warning",
    "That homes can be restored has not been proven lately",
)
_COLLECTION: Final = Task(
    "registry-gc",
    "spt_flow_registry_gc_last_success_timestamp_seconds",
    50 * HOUR,
    "RegistryGcFailing",
    "warning",
    "The registry's garbage has not been collected",
)
_CHECK: Final = Task(
    "prepull-check",
    "spt_flow_prepull_last_run_timestamp_seconds",
    2 * HOUR,
    "PrepullCheckFailing",
    "warning",
    "Nobody knows whether the nodes have the workspace image",
)


def tasks(*, dumps: bool, snapshots: bool, collection: bool, prepull: bool) -> list[Task]:
    """Return the tasks that a stack has; the reaper is always among them."""
    asked = [(dumps, _DUMP), (snapshots, _SNAPSHOTS), (snapshots, _DRILL), (collection, _COLLECTION), (prepull, _CHECK)]
    return [_REAPER, *(task for is_there, task in asked if is_there)]


def jobs_group(present: Sequence[Task]) -> Group:
    """Return the rules about these tasks: the age of each, what is too old or never was, and their findings."""
    ages = [f'label_replace(time() - max({task.metric}), "task", "{task.name}", "", "")' for task in present]
    missing = [f'label_replace(absent({task.metric}), "task", "{task.name}", "", "")' for task in present]
    return Group(
        "spt-flow-jobs",
        (
            Record(_AGE, " or ".join(ages)),
            Alert(
                "TaskNeverDone",
                " or ".join(missing),
                "26h",
                "warning",
                "A task of the platform has never come to a good end",
                "Prometheus knows of no good end of {{ $labels.task }}, for more than a day.",
            ),
            *(_old(task) for task in present),
            *_findings(present),
        ),
    )


def _old(task: Task) -> Alert:
    return Alert(
        task.alert,
        f'{_AGE}{{task="{task.name}"}} > {task.most_seconds}',
        "10m",
        task.severity,
        task.summary,
        f"The last good end of {task.name} was {{{{ $value | humanizeDuration }}}} ago.",
    )


def _findings(present: Sequence[Task]) -> list[Alert]:
    found: list[Alert] = []
    if _SNAPSHOTS in present:
        found += _snapshot_findings()
    if _COLLECTION in present:
        found.append(
            Alert(
                "RegistryImagesBroken",
                "spt_flow_registry_gc_images_broken > 0",
                "1m",
                "critical",
                "A collection has broken images of the registry",
                "{{ $value }} images that could be pulled before the last collection cannot be pulled now.",
            )
        )
    if _CHECK in present:
        found.append(
            Alert(
                "WorkspaceImageMissing",
                "max by (node) (spt_flow_prepull_node_has_image) == 0",
                "30m",
                "warning",
                "A node does not have the workspace image",
                "A workspace that starts on {{ $labels.node }} waits for the image to be pulled.",
            )
        )
    return found


def _snapshot_findings() -> list[Alert]:
    return [
        Alert(
            "HomeSnapshotOld",
            f"time() - max by (claim) (spt_flow_snapshots_newest_ready_timestamp_seconds) > {26 * HOUR}",
            "10m",
            "critical",
            "The newest ready snapshot of a home is older than 26 hours",
            "That of {{ $labels.claim }} is {{ $value | humanizeDuration }} old.",
        ),
        Alert(
            "HomeSnapshotDrillFailed",
            "spt_flow_snapshot_drill_failed > 0",
            "1m",
            "critical",
            "Snapshots could not be restored when that was tried",
            "{{ $value }} parts of the last drill failed.",
        ),
    ]
