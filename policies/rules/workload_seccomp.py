"""Rule: every container runs under the runtime's seccomp profile."""

__all__ = ["WORKLOAD_SECCOMP", "check"]

from collections.abc import Mapping
from typing import Any, Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of

_TYPES: Final = ("RuntimeDefault", "Localhost", "Unconfined")


def check(resource: Resource, localhost: frozenset[str], findings: Findings) -> None:
    """Report profiles that are not allowed, and containers that neither have one nor get one from their pod."""
    for pod in pods_of(resource, findings):
        default = pod.security.get("seccompProfile")
        _check_profile(pod, default, localhost, findings)
        for container in containers_of(pod, findings):
            own = container.security.get("seccompProfile")
            if not own.is_missing:
                _check_profile(container, own, localhost, findings)
            elif default.is_missing:
                container.violation(
                    findings, "must have the seccompProfile RuntimeDefault, or its pod: both have none."
                )


def _check_profile(place: Place, profile: Field, localhost: frozenset[str], findings: Findings) -> None:
    found = profile.get("type")
    if profile.is_missing or findings.is_open(found) or found.value == "RuntimeDefault":
        return
    if found.value != "Localhost":
        kind = found.value if found.value in _TYPES else "none of its types"
        place.violation(findings, f"must have the seccompProfile RuntimeDefault: it is {kind}.")
        return
    name = profile.get("localhostProfile")
    if (name.unknown is not None and not localhost) or (not findings.is_open(name) and name.text() not in localhost):
        place.violation(findings, "must have a seccompProfile of its node that is allowed: this one is not listed.")


def _read(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(config.get("localhostProfiles", ()))


WORKLOAD_SECCOMP: Final = ResourceRule(
    words=RuleWords(
        name="workload-requires-seccomp",
        title="Seccomp profile",
        description="Every container must run under the runtime's seccomp profile, its own or its pod's.",
        remediation=(
            "Set securityContext.seccompProfile.type of the pod to RuntimeDefault, and none on containers. A profile "
            "of the node has to be in localhostProfiles of this rule's configuration."
        ),
        tags=("kubernetes", "pod-security"),
    ),
    properties={"localhostProfiles": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": []}},
    read=_read,
    check=check,
)
"""The rule. Annotations of old versions count for nothing: Kubernetes has not read them since 1.27."""
