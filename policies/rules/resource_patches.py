"""Rule: no resource changes a part of an object that something else declares."""

__all__ = ["RESOURCE_PATCHES", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords

_SUFFIX: Final = "Patch"


def check(resource: Resource, allowed: frozenset[str], findings: Findings) -> None:
    """Report patches: what they leave out cannot be told from what is missing."""
    for manifest in resource.manifests(findings):
        subject = manifest.subject
        if manifest.kind.endswith(_SUFFIX) and manifest.kind != _SUFFIX and not subject.is_one_of(allowed):
            findings.violation(subject, f"{subject.title} must be declared as a whole object, never as a patch.")


def _read(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(config.get("allowed", ()))


RESOURCE_PATCHES: Final = ResourceRule(
    words=RuleWords(
        name="resource-forbids-patches",
        title="No patches",
        description="No resource may change a part of an object: rules cannot tell what the rest of it is.",
        remediation=(
            "Declare the whole object. A patch that has to be is listed in `allowed` of this rule's configuration, as "
            '"ServiceAccountPatch coder/default" is written.'
        ),
    ),
    properties={
        "allowed": {
            "type": "array",
            "default": [],
            "items": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*Patch [^ *]+$"},
        }
    },
    read=_read,
    check=check,
)
"""The rule."""
