"""Rule: pods set only kernel parameters that are their own."""

__all__ = ["WORKLOAD_SYSCTLS", "check"]

from typing import Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import pods_of, speakable

_SAFE: Final = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    }
)


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report kernel parameters that are not in the safe subset."""
    for place in pods_of(resource, findings):
        sysctls = place.security.get("sysctls")
        findings.is_open(sysctls)
        for each in sysctls.items():
            name = each.get("name")
            if findings.is_open(name) or name.text() in _SAFE:
                continue
            told = speakable(name.text() or "", "something else")
            place.violation(findings, f"must not set the kernel parameter {told}: only those of the safe subset.")


WORKLOAD_SYSCTLS: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-sysctls",
        title="Safe kernel parameters",
        description="Pods may set only kernel parameters of the safe subset: the others change the whole node.",
        remediation=f"Remove it from securityContext.sysctls. The safe subset: {', '.join(sorted(_SAFE))}.",
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule. The subset is that of the Pod Security Standards."""
