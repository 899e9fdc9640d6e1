"""Rule: no container is privileged."""

__all__ = ["WORKLOAD_PRIVILEGED", "check"]

from typing import Final

from pulumi_policy import Severity

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import places_of, require_false


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report containers that are privileged."""
    for place in places_of(resource, findings):
        if place.container is not None:
            switch = place.security.get("privileged")
            require_false(place, switch, "must not be privileged: its privileged is true.", findings)


WORKLOAD_PRIVILEGED: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-privileged",
        title="No privileged containers",
        description="No container may be privileged: it would have every device and every right on its node.",
        remediation=(
            "Remove securityContext.privileged. A device is had as an extended resource of a device plugin, a right as "
            "a capability that the rule on capabilities allows."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule. It holds in every namespace; the few that need it are exempted one by one."""
