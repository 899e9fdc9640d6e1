"""Rule: every container of every workload names requests and limits of CPU and memory, within the bounds."""

__all__ = ["NAME", "WORKLOAD_LIMITS", "Bounds", "check_workload"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from core.fields import Field
from core.quantity import Quantity, QuantityError
from core.workloads import ContainerView, PodSpecView, pod_specs

NAME: Final = "workload-requires-limits"
"""The rule's name in the pack and in its configuration."""

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


class _Findings:
    """What a check of one resource found: violations as sentences, and what could not be seen yet."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.unknown: list[Exception] = []


def check_workload(resource_type: str, name: str, props: object, bounds: Bounds) -> tuple[list[str], list[Exception]]:
    """Return the violations of a resource, and why parts of it cannot be judged before they are known.

    Other than quantities that were understood and well-formed container names, no value is ever repeated: policies
    see secrets in clear.
    """
    findings = _Findings()
    title = f"{resource_type.rpartition(':')[2]} '{name}'"
    for pod in pod_specs(resource_type, props, (UnknownValueError,)):
        findings.unknown.extend(pod.unknowns())
        _check_pod(title, pod, bounds, findings)
    return findings.violations, findings.unknown


def _check_pod(title: str, pod: PodSpecView, bounds: Bounds, findings: _Findings) -> None:
    for container in pod.containers():
        subject = f"The {container.title} of {title}"
        for resource, maximum in bounds.maximum.items():
            findings.violations.extend(
                f"{subject} {complaint}" for complaint in _complaints(container, resource, maximum, findings)
            )


def _complaints(container: ContainerView, resource: str, maximum: Quantity, findings: _Findings) -> Iterator[str]:
    """Yield what is wrong with one resource of one container, each the rest of a sentence."""
    amounts: dict[str, Quantity | None] = {}
    for kind in ("request", "limit"):
        found = container.fields.get("resources", f"{kind}s", resource)
        if found.unknown is not None:
            findings.unknown.append(found.unknown)
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


def _validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
    violations, unknown = check_workload(
        args.resource_type, args.name, args.props, Bounds.from_config(args.get_config())
    )
    for violation in violations:
        report_violation(violation, None)
    if unknown:
        # Whatever could be judged has been reported. This only makes the engine say that something is still open.
        raise unknown[0]


WORKLOAD_LIMITS: Final = ResourceValidationPolicy(
    name=NAME,
    description="Every container must name CPU and memory requests and limits that are within the bounds.",
    validate=_validate,
    enforcement_level=EnforcementLevel.MANDATORY,
    config_schema=PolicyConfigSchema(
        properties={
            "maxCpu": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_CPU},
            "maxMemory": {"type": "string", "pattern": _AMOUNT_PATTERN, "default": _DEFAULT_MEMORY},
        }
    ),
    display_name="Workloads need limits",
    severity=Severity.HIGH,
    tags=["kubernetes", "resources"],
    remediation_steps=(
        "Set resources.requests and resources.limits of cpu and memory on each container, init container and "
        "ephemeral container: requests at most as high as limits, limits at most as high as maxCpu and maxMemory "
        "of this rule's configuration."
    ),
)
"""The rule as the engine runs it. Pods that a chart renders inside a Release are out of its reach."""
