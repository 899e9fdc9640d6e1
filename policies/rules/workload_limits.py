"""Rule: every container of every workload names requests and limits of CPU and memory, within the bounds."""

__all__ = ["WORKLOAD_LIMITS", "Bounds", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.quantity import Quantity, QuantityError
from core.workloads import ContainerView
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords

_DEFAULT_CPU: Final = "8"
_DEFAULT_MEMORY: Final = "16Gi"
_AMOUNT_PATTERN: Final = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"


@dataclass(frozen=True)
class Bounds:
    """Highest limit of a single container, by resource name."""

    maximum: Mapping[str, Quantity]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration; what it does not name has its default."""
        return cls(
            {
                "cpu": Quantity.parse(config.get("maxCpu", _DEFAULT_CPU)),
                "memory": Quantity.parse(config.get("maxMemory", _DEFAULT_MEMORY)),
            }
        )


def check(resource: Resource, bounds: Bounds, findings: Findings) -> None:
    """Report containers without well-formed CPU and memory requests and limits within the bounds."""
    for manifest in resource.manifests(findings):
        for pod in manifest.pods():
            findings.is_open(*pod.lists())
            for container in pod.containers():
                for name, maximum in bounds.maximum.items():
                    for complaint in _complaints(container, name, maximum, findings):
                        sentence = f"The {container.title} of {manifest.subject.title} {complaint}"
                        findings.violation(manifest.subject, sentence)


def _complaints(container: ContainerView, resource: str, maximum: Quantity, findings: Findings) -> Iterator[str]:
    """Yield what is wrong with one resource of one container, each the rest of a sentence."""
    amounts: dict[str, Quantity | None] = {}
    for kind in ("request", "limit"):
        found = container.fields.get("resources", f"{kind}s", resource)
        if findings.is_open(found):
            continue
        amounts[kind] = _amount(found)
        complaint = _single_complaint(kind, resource, found, amounts[kind])
        if complaint is not None:
            yield complaint
    request, limit = amounts.get("request"), amounts.get("limit")
    if request is not None and limit is not None and request > limit:
        yield f"must not request more {resource} than its limit: it requests {request}, and its limit is {limit}."
    if limit is not None and limit > maximum:
        yield f"must have a {resource} limit of at most {maximum}: its limit is {limit}."


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
            "of this rule's configuration."
        ),
        tags=("kubernetes", "resources"),
    ),
    properties={
        "maxCpu": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_CPU},
        "maxMemory": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_MEMORY},
    },
    read=Bounds.from_config,
    check=check,
)
"""The rule. Pods that a chart renders inside a Release are judged once the chart is rendered."""
