"""Rule: every container sees the masked /proc."""

__all__ = ["WORKLOAD_PROC_MOUNT", "check"]

from typing import Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import places_of

_MASKED: Final = "Default"


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report containers that ask for another /proc than the masked one."""
    for place in places_of(resource, findings):
        mount = place.security.get("procMount")
        if place.container is None or findings.is_open(mount) or mount.is_missing or mount.value == _MASKED:
            continue
        found = "Unmasked" if mount.value == "Unmasked" else "something else"
        place.violation(findings, f"must have the procMount Default: it is {found}.")


WORKLOAD_PROC_MOUNT: Final = ResourceRule(
    words=RuleWords(
        name="workload-requires-masked-proc",
        title="Masked /proc",
        description="Every container must see the masked /proc: the whole one lets it look into, and change, its node.",
        remediation="Remove securityContext.procMount, or set it to Default.",
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule."""
