"""Rule: where workspaces are, their home volumes are snapshotted every day."""

__all__ = ["HOME_SNAPSHOTS", "SnapshotNeeds", "check"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule

_DEFAULT_NAMESPACES: Final = ("coder-workspace",)
_DEFAULT_SCHEDULE: Final = "CronJob coder/home-snapshots"
_CLASS: Final = ("snapshot.storage.k8s.io", "VolumeSnapshotClass")
_CRON_JOB: Final = ("batch", "CronJob")
_CRON_FIELDS: Final = 5
_DAILY: Final = frozenset({"@daily", "@midnight", "@hourly"})


@dataclass(frozen=True)
class SnapshotNeeds:
    """Whether the stack needs snapshots, the namespaces with homes, and the CronJob that makes the snapshots."""

    is_required: bool
    namespaces: frozenset[str]
    schedule: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(
            config.get("requireSnapshotSchedule", True),
            frozenset(config.get("namespaces", _DEFAULT_NAMESPACES)),
            config.get("schedule", _DEFAULT_SCHEDULE),
        )


def check(resources: Sequence[Resource], needs: SnapshotNeeds, findings: Findings) -> None:
    """Report namespaces with homes in a stack without a snapshot class, or without its schedule at least daily."""
    if not needs.is_required:
        return
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    for place in manifests:
        name = place.body.get("metadata", "name")
        if (place.group, place.kind) != ("core", "Namespace") or findings.is_open(name):
            continue
        if name.text() in needs.namespaces:
            for complaint in _complaints(manifests, needs, findings):
                findings.violation(place.subject, f"{place.subject.title} must have {complaint}.")


def _complaints(manifests: Sequence[Manifest], needs: SnapshotNeeds, findings: Findings) -> list[str]:
    complaints = []
    if not any((each.group, each.kind) == _CLASS for each in manifests):
        complaints.append("snapshots of its volumes: the stack has no VolumeSnapshotClass")
    jobs = [each for each in manifests if (each.group, each.kind) == _CRON_JOB]
    named = [job for job in jobs if str(job.subject) == needs.schedule]
    if not named:
        # A job whose name or namespace is unknown may be it.
        if not findings.is_open(
            *(field for job in jobs for field in (job.body.get("metadata", "name"), job.namespace))
        ):
            complaints.append(f"snapshots of its volumes on a schedule: the stack has no {needs.schedule}")
        return complaints
    suspended, schedule = named[0].body.get("spec", "suspend"), named[0].body.get("spec", "schedule")
    if not findings.is_open(suspended) and suspended.value not in (None, False):
        complaints.append(f"snapshots of its volumes on a schedule: {needs.schedule} is suspended")
    if not findings.is_open(schedule) and not _is_daily(schedule):
        complaints.append(f"snapshots of its volumes every day: {needs.schedule} does not run every day")
    return complaints


def _is_daily(schedule: Field) -> bool:
    text = schedule.text() or ""
    fields = text.split()
    return text in _DAILY or (len(fields) == _CRON_FIELDS and fields[2:] == ["*", "*", "*"])


HOME_SNAPSHOTS: Final = StackRule(
    words=RuleWords(
        name="namespace-requires-home-snapshots",
        title="Homes are snapshotted",
        description=(
            "A stack with workspaces must have a VolumeSnapshotClass and the CronJob that snapshots their home volumes "
            "every day, not suspended."
        ),
        remediation=(
            "Add the snapshot class and the CronJob that schedule of this rule's configuration names. A stack whose "
            "storage has no snapshots says so with requireSnapshotSchedule: false."
        ),
        tags=("kubernetes", "data"),
    ),
    properties={
        "requireSnapshotSchedule": {"type": "boolean", "default": True},
        "namespaces": {"type": "array", "items": {"type": "string"}, "default": list(_DEFAULT_NAMESPACES)},
        "schedule": {"type": "string", "pattern": "^CronJob [^ *]+$", "default": _DEFAULT_SCHEDULE},
    },
    read=SnapshotNeeds.from_config,
    check=check,
)
"""The rule."""
