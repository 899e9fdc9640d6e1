"""Rule: no container runs as root, and each says so, except where sudo is wanted."""

__all__ = ["WORKLOAD_NON_ROOT", "check"]

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of
from policies.subjects.relaxation import NAMESPACES_SCHEMA, unless_relaxed

# The API server takes no user beyond.
_LARGEST_USER: Final = 2**31 - 1


def check(resource: Resource, relaxed: frozenset[str], findings: Findings) -> None:
    """Report containers that may run as root, and pods that ask for it."""
    for pod in pods_of(resource, findings):
        _check_types(pod, findings)
        unless_relaxed(pod.manifest, relaxed, findings, partial(_check_user, pod))
        for place in containers_of(pod, findings):
            _check_types(place, findings)
            unless_relaxed(place.manifest, relaxed, findings, partial(_check_user, place))
            unless_relaxed(place.manifest, relaxed, findings, partial(_check_flag, place))


def _check_types(place: Place, findings: Findings) -> None:
    """Report values that are of no use to anybody, in whatever namespace."""
    flag, user = place.security.get("runAsNonRoot"), place.security.get("runAsUser")
    if flag.value is not None and flag.boolean() is None:
        place.violation(findings, "must have a runAsNonRoot that is true or false: its value is neither.")
    number = user.integer()
    if user.value is not None and (number is None or not 0 <= number <= _LARGEST_USER):
        place.violation(findings, "must have a runAsUser that is a whole number from 0: its value is none.")


def _check_flag(place: Place, findings: Findings) -> None:
    flag = place.security.get("runAsNonRoot")
    if flag.is_missing:
        flag = place.pod.spec.get("securityContext", "runAsNonRoot")
    if not findings.is_open(flag) and (flag.is_missing or flag.value is False):
        found = "neither has one" if flag.is_missing else "it is false"
        place.violation(findings, f"must have the runAsNonRoot true, or its pod: {found}.")


def _check_user(place: Place, findings: Findings) -> None:
    user = place.security.get("runAsUser")
    if not findings.is_open(user) and user.integer() == 0:
        place.violation(findings, "must not run as root: its runAsUser is 0.")


def _read(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(config.get("relaxedNamespaces", ()))


WORKLOAD_NON_ROOT: Final = ResourceRule(
    words=RuleWords(
        name="workload-requires-non-root",
        title="No root",
        description="No container may run as root, and each, or its pod, must say so; only workspaces may.",
        remediation="Set securityContext.runAsNonRoot of the pod to true, and runAsUser to a user above 0.",
        tags=("kubernetes", "pod-security"),
    ),
    properties={"relaxedNamespaces": NAMESPACES_SCHEMA},
    read=_read,
    check=check,
)
"""The rule. A value of the wrong type is refused in every namespace."""
