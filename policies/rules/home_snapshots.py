"""Rule: where workspaces are, their home volumes are snapshotted every day."""

__all__ = ["HOME_SNAPSHOTS", "SnapshotNeeds", "check"]

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule

_DEFAULT_NAMESPACES: Final = ("coder-workspace",)
_DEFAULT_SCHEDULE: Final = "CronJob coder/home-snapshots"
_CLASS: Final = ("snapshot.storage.k8s.io", "VolumeSnapshotClass")
_NAMESPACE: Final = ("core", "Namespace")
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
    """Report namespaces with homes in a stack without its schedule, and a schedule that does not make snapshots."""
    if not needs.is_required:
        return
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    names = [each.body.get("metadata", "name") for each in manifests if _kind(each) == _NAMESPACE]
    findings.is_open(*names)
    if not any(name.text() in needs.namespaces for name in names):
        return
    jobs = [each for each in manifests if _kind(each) == _CRON_JOB]
    named = [job for job in jobs if str(job.subject) == needs.schedule]
    for job in named:
        for complaint in _complaints(job, manifests, findings):
            findings.violation(job.subject, f"{job.subject.title} must {complaint}.")
    # A job whose name or namespace is unknown may be it.
    unnamed = [field for job in jobs for field in (job.body.get("metadata", "name"), job.namespace)]
    if named or findings.is_open(*unnamed):
        return
    for place in manifests:
        if _kind(place) == _NAMESPACE and place.body.get("metadata", "name").text() in needs.namespaces:
            title = place.subject.title
            findings.violation(
                place.subject, f"{title} must have snapshots of its volumes: the stack has no {needs.schedule}."
            )


def _complaints(job: Manifest, manifests: Sequence[Manifest], findings: Findings) -> Iterator[str]:
    suspended, schedule = job.body.get("spec", "suspend"), job.body.get("spec", "schedule")
    if not findings.is_open(suspended) and suspended.value is not None and suspended.value is not False:
        yield "not be suspended: the homes of workspaces would be without snapshots"
    if not findings.is_open(schedule) and not _is_daily(schedule):
        yield "run every day: its schedule leaves days out, or is none"
    if not any(_kind(each) == _CLASS for each in manifests):
        yield "have a VolumeSnapshotClass to make snapshots with: the stack has none"


def _kind(manifest: Manifest) -> tuple[str, str]:
    return manifest.group, manifest.kind


def _is_daily(schedule: Field) -> bool:
    text = schedule.string()
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
