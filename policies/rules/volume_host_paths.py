"""Rule: no persistent volume is a path of a node, but for named volumes and exact paths."""

__all__ = ["VOLUME_HOST_PATHS", "check"]

from collections.abc import Mapping
from typing import Final

from pulumi_policy import Severity

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.rules.workload_host_paths import ALLOWED_PATHS_SCHEMA, allowed_paths, check_path
from policies.subjects.node_path import NodePath

_SOURCES: Final = ("hostPath", "local")


def check(resource: Resource, allowed: Mapping[str, frozenset[NodePath]], findings: Findings) -> None:
    """Report persistent volumes that are paths of the node, or local disks of it."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) != ("core", "PersistentVolume"):
            continue
        for key in _SOURCES:
            source = manifest.body.get("spec", key)
            if not findings.is_open(source) and not source.is_missing:
                title = f"The {key} source of {manifest.subject.title}"
                check_path(manifest.subject, title, source.get("path"), allowed, findings)


VOLUME_HOST_PATHS: Final = ResourceRule(
    words=RuleWords(
        name="volume-restricts-host-paths",
        title="No volumes on paths of the node",
        description="No persistent volume may be a path or a local disk of a node; named volumes may, at exact paths.",
        remediation=(
            "Let a storage class make the volume. A volume that has to be a path is listed in `allowed` of this rule's "
            "configuration, with its exact paths and the reason."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "storage"),
    ),
    properties={"allowed": ALLOWED_PATHS_SCHEMA},
    read=allowed_paths,
    check=check,
)
"""The rule: the way round the rule on pods' volumes, through a claim."""
