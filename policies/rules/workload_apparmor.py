"""Rule: no container leaves the runtime's AppArmor profile."""

__all__ = ["WORKLOAD_APPARMOR", "check"]

from collections.abc import Mapping
from typing import Any, Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, places_of

_ANNOTATION: Final = "container.apparmor.security.beta.kubernetes.io/"
_RUNTIME: Final = "runtime/default"
_NODE: Final = "localhost/"
_COMPLAINT: Final = "must have the AppArmor profile RuntimeDefault, or none: this one is not allowed."


def check(resource: Resource, localhost: frozenset[str], findings: Findings) -> None:
    """Report profiles other than the runtime's and those of the node that are allowed."""
    for place in places_of(resource, findings):
        _check_profile(place, place.security.get("appArmorProfile"), localhost, findings)
        if place.container is None:
            annotations = place.pod.metadata.get("annotations")
            findings.is_open(annotations)
            for key, value in annotations.entries():
                if key.startswith(_ANNOTATION) and not findings.is_open(value):
                    _check_annotation(place, value, localhost, findings)


def _check_profile(place: Place, profile: Field, localhost: frozenset[str], findings: Findings) -> None:
    found = profile.get("type")
    if profile.is_missing or findings.is_open(found) or found.value == "RuntimeDefault":
        return
    name = profile.get("localhostProfile")
    if found.value == "Localhost" and localhost and findings.is_open(name):
        return
    if found.value != "Localhost" or name.text() not in localhost:
        place.violation(findings, _COMPLAINT)


def _check_annotation(place: Place, value: Field, localhost: frozenset[str], findings: Findings) -> None:
    text = value.string()
    if text != _RUNTIME and not (text.startswith(_NODE) and text.removeprefix(_NODE) in localhost):
        place.violation(findings, _COMPLAINT)


def _read(config: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(config.get("localhostProfiles", ()))


WORKLOAD_APPARMOR: Final = ResourceRule(
    words=RuleWords(
        name="workload-restricts-apparmor",
        title="AppArmor profile",
        description="No container may leave the runtime's AppArmor profile.",
        remediation=(
            "Remove appArmorProfile and the AppArmor annotations, or name RuntimeDefault. A profile of the node has to "
            "be in localhostProfiles of this rule's configuration."
        ),
        tags=("kubernetes", "pod-security"),
    ),
    properties={"localhostProfiles": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": []}},
    read=_read,
    check=check,
)
"""The rule. Where nothing is said the runtime's profile applies, on nodes that have AppArmor."""
