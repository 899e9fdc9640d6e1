"""Rule: no process of a container gets more rights than it started with, except where sudo is wanted."""

__all__ = ["WORKLOAD_PRIVILEGE_ESCALATION", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of
from policies.subjects.relaxation import NAMESPACES_SCHEMA, unless_relaxed

_KEY: Final = "allowPrivilegeEscalation"


def check(resource: Resource, relaxed: frozenset[str], findings: Findings) -> None:
    """Report containers that do not forbid it in so many words."""
    for pod in pods_of(resource, findings):
        for place in containers_of(pod, findings):
            switch = place.security.get(_KEY)
            if findings.is_open(switch) or switch.value is False:
                continue
            if not switch.is_missing and switch.boolean() is None:
                place.violation(findings, f"must have an {_KEY} that is true or false: its value is neither.")
            else:
                _check_refused(place, relaxed, findings)


def _check_refused(place: Place, relaxed: frozenset[str], findings: Findings) -> None:
    found = "it has none" if place.security.get(_KEY).is_missing else "it is true"
    complaint = f"must have the {_KEY} false: {found}."
    unless_relaxed(place.manifest, relaxed, findings, lambda inner: place.violation(inner, complaint))


def _read(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(config.get("relaxedNamespaces", ()))


WORKLOAD_PRIVILEGE_ESCALATION: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-privilege-escalation",
        title="No privilege escalation",
        description="No process may get more rights than it started with; only workspaces have sudo.",
        remediation=f"Set securityContext.{_KEY} of each container to false.",
        tags=("kubernetes", "pod-security"),
    ),
    properties={"relaxedNamespaces": NAMESPACES_SCHEMA},
    read=_read,
    check=check,
)
"""The rule. A value that is neither true nor false is refused in every namespace."""
