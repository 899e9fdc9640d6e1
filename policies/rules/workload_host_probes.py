"""Rule: the node's kubelet is sent to no other host by probes and hooks."""

__all__ = ["WORKLOAD_HOST_PROBES", "check"]

from typing import Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import places_of

_HANDLERS: Final = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
_KINDS: Final = ("httpGet", "tcpSocket")


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report probes and hooks that name a host."""
    for place in places_of(resource, findings):
        if place.container is None:
            continue
        for handler in _HANDLERS:
            for kind in _KINDS:
                host = place.fields.get(*handler, kind, "host")
                if not findings.is_open(host) and not host.is_missing and host.value != "":
                    place.violation(findings, f"must not name a host in {'.'.join(handler)}.{kind}: it does.")


WORKLOAD_HOST_PROBES: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-host-probes",
        title="Probes stay in the pod",
        description="Probes and hooks may not name a host: the kubelet would call it from the node's network.",
        remediation="Remove host from the probe or hook; a name that the server needs goes into the Host header.",
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule, as the Pod Security Standards have it since Kubernetes 1.34."""
