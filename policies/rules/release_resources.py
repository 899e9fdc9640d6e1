"""Rule: a release says what its pods may use, where its chart would else decide."""

__all__ = ["RELEASE_RESOURCES", "ResourcePlaces", "check"]

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.releases import release_of

_AMOUNTS: Final = tuple((kind, name) for name in ("cpu", "memory") for kind in ("requests", "limits"))
_DEFAULT_PLACES: Final[Mapping[str, Sequence[str]]] = {"coder": ["coder.resources"]}


@dataclass(frozen=True)
class ResourcePlaces:
    """Where the values of each chart have resources."""

    of_chart: Mapping[str, Sequence[str]]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(config.get("charts", _DEFAULT_PLACES))


def check(resource: Resource, places: ResourcePlaces, findings: Findings) -> None:
    """Report releases whose values leave requests or limits to the chart."""
    release = release_of(resource)
    if release is None or findings.is_open(release.properties.get("chart")):
        return
    for place in places.of_chart.get(release.chart_name, ()):
        found = release.values.get(*place.split("."))
        for complaint in _complaints(found, findings):
            findings.violation(release.subject, f"The value {place} of {release.subject.title} must {complaint}.")


def _complaints(resources: Field, findings: Findings) -> Iterator[str]:
    amounts: dict[tuple[str, str], Quantity] = {}
    for kind, name in _AMOUNTS:
        found = resources.get(kind, name)
        if findings.is_open(found):
            continue
        if found.is_missing:
            yield f"have {kind}.{name}: the chart would choose it"
            continue
        try:
            amount = Quantity.parse(found.value)
        except QuantityError:
            yield f"have a Kubernetes quantity in {kind}.{name}: its value is none"
            continue
        if not amount.is_positive:
            yield f"have {kind}.{name} above zero: it is {amount}"
        amounts[kind, name] = amount
    for name in ("cpu", "memory"):
        request, limit = amounts.get(("requests", name)), amounts.get(("limits", name))
        if request is not None and limit is not None and request > limit:
            yield f"not request more {name} than its limit: it requests {request}, and its limit is {limit}"


RELEASE_RESOURCES: Final = ResourceRule(
    words=RuleWords(
        name="release-requires-resources",
        title="Releases name their resources",
        description="A Helm release must name CPU and memory requests and limits where its chart takes them.",
        remediation=(
            "Set requests and limits of cpu and memory in the values, for Coder under coder.resources (the settings "
            "coderCpuRequest and its neighbours)."
        ),
        tags=("kubernetes", "helm", "resources"),
    ),
    properties={
        "charts": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string", "minLength": 1}},
            "default": {chart: list(places) for chart, places in _DEFAULT_PLACES.items()},
        },
    },
    read=ResourcePlaces.from_config,
    check=check,
)
"""The rule. The pods that the chart renders are held to the rules of workloads besides."""
