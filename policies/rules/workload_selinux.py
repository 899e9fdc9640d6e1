"""Rule: no container takes an SELinux type that is not meant for containers, or another user or role."""

__all__ = ["WORKLOAD_SELINUX", "check"]

from typing import Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, places_of

_TYPES: Final = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report SELinux options beyond what the level `baseline` of the Pod Security Standards allows."""
    for place in places_of(resource, findings):
        options = place.security.get("seLinuxOptions")
        if findings.is_open(options) or options.is_missing:
            continue
        if not options.is_mapping:
            place.violation(findings, "must have SELinux options that are an object: they are none.")
            continue
        _check_option(place, "type", _TYPES, findings)
        _check_option(place, "user", frozenset({""}), findings)
        _check_option(place, "role", frozenset({""}), findings)


def _check_option(place: Place, key: str, allowed: frozenset[str], findings: Findings) -> None:
    option = place.security.get("seLinuxOptions", key)
    if findings.is_open(option) or option.is_missing or option.text() in allowed:
        return
    rule = f"one of {', '.join(sorted(allowed - {''}))}" if allowed - {""} else "left out"
    place.violation(findings, f"must have an SELinux {key} that is {rule}: it is another.")


WORKLOAD_SELINUX: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-selinux",
        title="SELinux options",
        description="No container may take an SELinux type that is not meant for containers, or a user or role.",
        remediation="Remove user and role from seLinuxOptions, and take a type that is meant for containers.",
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule."""
