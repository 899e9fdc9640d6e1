"""Rule: no pod shares the network, the processes or the IPC of its node."""

__all__ = ["WORKLOAD_HOST_NAMESPACES", "check"]

from typing import Final

from pulumi_policy import Severity

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import pods_of, require_false

_NAMESPACES: Final = {"hostNetwork": "network", "hostPID": "processes", "hostIPC": "inter-process communication"}


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report pods that share a namespace of their node."""
    for place in pods_of(resource, findings):
        for key, shared in _NAMESPACES.items():
            complaint = f"must not share the {shared} of its node: its {key} is true."
            require_false(place, place.fields.get(key), complaint, findings)


WORKLOAD_HOST_NAMESPACES: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-host-namespaces",
        title="No host namespaces",
        description="No pod may share the network, the processes or the inter-process communication of its node.",
        remediation="Remove hostNetwork, hostPID and hostIPC; what others have to reach gets a Service.",
        severity=Severity.CRITICAL,
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule."""
