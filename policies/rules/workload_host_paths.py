"""Rule: no pod sees files of its node, but for named workloads and exact paths."""

__all__ = ["ALLOWED_PATHS_SCHEMA", "WORKLOAD_HOST_PATHS", "allowed_paths", "check", "check_path"]

from collections.abc import Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from policies.findings import Findings, Subject
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.node_path import NodePath
from policies.subjects.pod_places import pods_of

ALLOWED_PATHS_SCHEMA: Final = {
    "type": "array",
    "default": [],
    "items": {
        "type": "object",
        "required": ["resource", "paths", "reason"],
        "additionalProperties": False,
        "properties": {
            "resource": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]* [^ *]+$"},
            "paths": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^/[^*]*$"}},
            "reason": {"type": "string", "minLength": 10},
        },
    },
}
"""JSON schema of a list of objects, the exact paths each may use, and why."""


def allowed_paths(config: Mapping[str, Any]) -> Mapping[str, frozenset[NodePath]]:
    """Return the paths that objects may use, by what exemptions would call the object."""
    return {each["resource"]: frozenset(map(NodePath.parse, each["paths"])) for each in config.get("allowed", ())}


def check(resource: Resource, allowed: Mapping[str, frozenset[NodePath]], findings: Findings) -> None:
    """Report volumes that are paths of the node."""
    for place in pods_of(resource, findings):
        volumes = place.fields.get("volumes")
        findings.is_open(volumes)
        for volume in place.pod.volumes():
            source = volume.fields.get("hostPath")
            if not findings.is_open(source) and not source.is_missing:
                subject = place.manifest.subject
                title = f"The {volume.title} of {subject.title}"
                check_path(subject, title, source.get("path"), allowed, findings)


def check_path(
    subject: Subject, title: str, path: Field, allowed: Mapping[str, frozenset[NodePath]], findings: Findings
) -> None:
    """Report a path of the node that the object may not use; an unknown one is open only if it may use some."""
    own = allowed[str(subject)] if subject.is_one_of(allowed) else frozenset()
    if own and findings.is_open(path):
        return
    text = path.text()
    found = NodePath.parse(text) if text is not None else None
    if found is not None and found in own and not found.has_steps_back:
        return
    told = "a path that is not known yet" if path.unknown is not None else "a path that is none"
    if found is not None:
        told = f"the path {found.told}"
    may = f"may use {', '.join(sorted(each.told for each in own))} only" if own else "may use none"
    findings.violation(subject, f"{title} must not be {told} of the node: this object {may}.")


WORKLOAD_HOST_PATHS: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-host-paths",
        title="No paths of the node",
        description="No pod may see files of its node; named workloads of the system may, at exact paths.",
        remediation=(
            "Take a volume claim, an emptyDir, a ConfigMap or a Secret. A workload of the system that has to see the "
            "node is listed in `allowed` of this rule's configuration, with its exact paths and the reason."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "pod-security"),
    ),
    properties={"allowed": ALLOWED_PATHS_SCHEMA},
    read=allowed_paths,
    check=check,
)
"""The rule. Paths are compared by segments, after empty ones and dots are gone; ".." is never allowed."""
