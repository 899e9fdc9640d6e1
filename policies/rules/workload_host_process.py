"""Rule: no Windows container runs as a process of its node."""

__all__ = ["WORKLOAD_HOST_PROCESS", "check"]

from typing import Final

from pulumi_policy import Severity

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import places_of, require_false


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report pods and containers that ask for it."""
    for place in places_of(resource, findings):
        switch = place.security.get("windowsOptions", "hostProcess")
        require_false(place, switch, "must not run as a process of its node: its hostProcess is true.", findings)


WORKLOAD_HOST_PROCESS: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-host-process",
        title="No host processes",
        description="No Windows container may run as a process of its node.",
        remediation="Remove securityContext.windowsOptions.hostProcess from the pod and its containers.",
        severity=Severity.CRITICAL,
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule."""
