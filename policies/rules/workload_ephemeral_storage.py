"""Rule: every container says how much of its node's disk it takes at most."""

__all__ = ["WORKLOAD_EPHEMERAL_STORAGE", "EphemeralStorage", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of
from policies.subjects.relaxation import NAMESPACES_SCHEMA, unless_relaxed

_DEFAULT: Final = "32Gi"
_PATTERN: Final = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"


@dataclass(frozen=True)
class EphemeralStorage:
    """Highest limit of a container, and the namespaces in which it may have none."""

    maximum: Quantity
    relaxed: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(
            Quantity.parse(config.get("maxEphemeralStorage", _DEFAULT)), frozenset(config.get("relaxedNamespaces", ()))
        )


def check(resource: Resource, config: EphemeralStorage, findings: Findings) -> None:
    """Report containers without a limit of ephemeral storage, and limits that are none or too high."""
    for pod in pods_of(resource, findings):
        for place in containers_of(pod, findings):
            limit = place.fields.get("resources", "limits", "ephemeral-storage")
            if limit.is_missing:
                missing = partial(place.violation, complaint="must have an ephemeral-storage limit: it has none.")
                unless_relaxed(place.manifest, config.relaxed, findings, missing)
            elif not findings.is_open(limit):
                _check_amount(place, limit.value, config.maximum, findings)


def _check_amount(place: Place, value: object, maximum: Quantity, findings: Findings) -> None:
    try:
        limit = Quantity.parse(value)
    except QuantityError:
        place.violation(
            findings, "must have an ephemeral-storage limit that is a Kubernetes quantity: its value is none."
        )
        return
    if not limit.is_positive:
        place.violation(findings, f"must have an ephemeral-storage limit above zero: it is {limit}.")
    if limit > maximum:
        place.violation(findings, f"must have an ephemeral-storage limit of at most {maximum}: its limit is {limit}.")


WORKLOAD_EPHEMERAL_STORAGE: Final = ResourceRule(
    words=RuleWords(
        name="workload-requires-ephemeral-limit",
        title="Limits of ephemeral storage",
        description="Every container must name a limit of ephemeral storage within the bound: nodes share one disk.",
        remediation="Set resources.limits.ephemeral-storage of each container, at most maxEphemeralStorage.",
        tags=("kubernetes", "resources"),
    ),
    properties={
        "maxEphemeralStorage": {"type": "string", "pattern": _PATTERN, "default": _DEFAULT},
        "relaxedNamespaces": NAMESPACES_SCHEMA,
    },
    read=EphemeralStorage.from_config,
    check=check,
)
"""The rule."""
