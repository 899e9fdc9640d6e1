"""Rule: every container of every workload names requests and limits of CPU and memory, within the bounds."""

__all__ = ["WORKLOAD_LIMITS", "Bounds", "check"]

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from core.fields import Field
from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, containers_of, pods_of

_DEFAULT_CPU: Final = "8"
_DEFAULT_MEMORY: Final = "16Gi"
_AMOUNT_PATTERN: Final = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"


@dataclass(frozen=True)
class Bounds:
    """Highest limits of a single container, by resource name: in general, and in namespaces of their own bounds."""

    maximum: Mapping[str, Quantity]
    by_namespace: Mapping[str, Mapping[str, Quantity]] = field(default_factory=dict)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration; what it does not name has its default, a namespace's what holds in general."""
        general = _maximum(config, {"maxCpu": _DEFAULT_CPU, "maxMemory": _DEFAULT_MEMORY})
        written = {"maxCpu": str(general["cpu"]), "maxMemory": str(general["memory"])}
        namespaces = config.get("namespaces", {})
        return cls(general, {name: _maximum(own, written) for name, own in namespaces.items()})

    def of(self, namespace: Field, resource: str) -> tuple[Quantity, Quantity]:
        """Return the lowest and the highest bound that may hold: one and the same where the namespace is known."""
        if namespace.unknown is None:
            bound = self.by_namespace.get(namespace.string(), self.maximum)[resource]
            return bound, bound
        every = [self.maximum[resource], *(own[resource] for own in self.by_namespace.values())]
        return min(every), max(every)


def check(resource: Resource, bounds: Bounds, findings: Findings) -> None:
    """Report containers without well-formed CPU and memory requests and limits within the bounds."""
    for pod in pods_of(resource, findings):
        for place in containers_of(pod, findings):
            for name in bounds.maximum:
                limit = _check_pair(place, name, findings)
                if limit is not None:
                    _check_bound(place, name, limit, bounds, findings)


def _check_pair(place: Place, resource: str, findings: Findings) -> Quantity | None:
    """Check request and limit of one resource; return the limit if it is one."""
    amounts: dict[str, Quantity | None] = {}
    for kind in ("request", "limit"):
        found = place.fields.get("resources", f"{kind}s", resource)
        if findings.is_open(found):
            continue
        amounts[kind] = _amount(found)
        complaint = _single_complaint(kind, resource, found, amounts[kind])
        if complaint is not None:
            place.violation(findings, complaint)
    request, limit = amounts.get("request"), amounts.get("limit")
    if request is not None and limit is not None and request > limit:
        complaint = f"must not request more {resource} than its limit: it requests {request}, and its limit is {limit}."
        place.violation(findings, complaint)
    return limit


def _check_bound(place: Place, resource: str, limit: Quantity, bounds: Bounds, findings: Findings) -> None:
    namespace = place.manifest.namespace
    lowest, highest = bounds.of(namespace, resource)
    if limit > highest:
        place.violation(findings, f"must have a {resource} limit of at most {highest}: its limit is {limit}.")
    elif limit > lowest:
        findings.is_open(namespace)


def _maximum(config: Mapping[str, Any], defaults: Mapping[str, str]) -> dict[str, Quantity]:
    return {
        "cpu": Quantity.parse(config.get("maxCpu", defaults["maxCpu"])),
        "memory": Quantity.parse(config.get("maxMemory", defaults["maxMemory"])),
    }


def _amount(found: Field) -> Quantity | None:
    try:
        return Quantity.parse(found.value)
    except QuantityError:
        return None


def _single_complaint(kind: str, resource: str, found: Field, amount: Quantity | None) -> str | None:
    if found.is_missing:
        return f"must have a {resource} {kind}: it has none."
    if amount is None:
        return f"must have a {resource} {kind} that is a Kubernetes quantity: its value is none."
    if not amount.is_positive:
        return f"must have a {resource} {kind} above zero: it is {amount}."
    return None


WORKLOAD_LIMITS: Final = ResourceRule(
    words=RuleWords(
        name="workload-requires-limits",
        title="Workloads need limits",
        description="Every container must name CPU and memory requests and limits that are within the bounds.",
        remediation=(
            "Set resources.requests and resources.limits of cpu and memory on each container, init container and "
            "ephemeral container: requests at most as high as limits, limits at most as high as maxCpu and maxMemory "
            "of this rule's configuration, which may have others for single namespaces."
        ),
        tags=("kubernetes", "resources"),
    ),
    properties={
        "maxCpu": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_CPU},
        "maxMemory": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_MEMORY},
        "namespaces": {
            "type": "object",
            "default": {},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "maxCpu": {"type": "string", "pattern": _AMOUNT_PATTERN},
                    "maxMemory": {"type": "string", "pattern": _AMOUNT_PATTERN},
                },
            },
        },
    },
    read=Bounds.from_config,
    check=check,
)
"""The rule. Pods that a chart renders inside a Release are judged once the chart is rendered."""
