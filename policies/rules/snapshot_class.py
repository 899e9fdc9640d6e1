"""Rule: snapshots stay when the object that stands for them goes."""

__all__ = ["SNAPSHOT_CLASS", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords

_CLASSES: Final = frozenset(
    {
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
        ("groupsnapshot.storage.k8s.io", "VolumeGroupSnapshotClass"),
    }
)


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report snapshot classes with another deletion policy than Retain."""
    for manifest in resource.manifests(findings):
        policy = manifest.body.get("deletionPolicy")
        if (manifest.group, manifest.kind) not in _CLASSES or findings.is_open(policy) or policy.value == "Retain":
            continue
        found = "has none" if policy.is_missing else "is Delete" if policy.value == "Delete" else "is another one"
        what = "it" if policy.is_missing else "its deletionPolicy"
        findings.violation(
            manifest.subject, f"{manifest.subject.title} must have the deletionPolicy Retain: {what} {found}."
        )


SNAPSHOT_CLASS: Final = ResourceRule(
    words=RuleWords(
        name="snapshotclass-requires-retain",
        title="Snapshots are retained",
        description=(
            "A VolumeSnapshotClass must have the deletionPolicy Retain: with Delete, the snapshots of a namespace go "
            "with it."
        ),
        remediation="Set deletionPolicy: Retain, and let the schedule remove old snapshots with their contents.",
        tags=("kubernetes", "data"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
