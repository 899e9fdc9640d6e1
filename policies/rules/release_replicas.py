"""Rule: Coder runs once unless a licence lets it run more often."""

__all__ = ["RELEASE_REPLICAS", "License", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.coder_chart import CHART
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.releases import release_of


@dataclass(frozen=True)
class License:
    """Whether the stack's Coder is licensed for high availability."""

    is_there: bool

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(config.get("licensed", False))


def check(resource: Resource, coder_license: License, findings: Findings) -> None:
    """Report a release of Coder with a number of replicas that its licence does not cover."""
    release = release_of(resource)
    if release is None or findings.is_open(release.properties.get("chart")) or release.chart_name != CHART:
        return
    found = release.values.get("coder", "replicaCount")
    # The chart's own default is one.
    if findings.is_open(found) or found.is_missing:
        return
    count, title = found.integer(), release.subject.title
    if count is None or count < 0:
        findings.violation(
            release.subject, f"The value coder.replicaCount of {title} must be a whole number: its value is none."
        )
    elif count > 1 and not coder_license.is_there:
        findings.violation(
            release.subject,
            f"The value coder.replicaCount of {title} must be at most 1 without a licence: it is {count}.",
        )


RELEASE_REPLICAS: Final = ResourceRule(
    words=RuleWords(
        name="release-limits-replicas",
        title="One Coder without a licence",
        description="A release of Coder must have at most one replica unless Coder is licensed for more.",
        remediation=(
            "Set coderReplicas to 1, or, with a licence that has high availability, licensed to true in this rule's "
            "configuration."
        ),
        tags=("kubernetes", "helm"),
    ),
    properties={"licensed": {"type": "boolean", "default": False}},
    read=License.from_config,
    check=check,
)
"""The rule. Without the licence, further replicas do not share connections: workspaces would be lost at random."""
