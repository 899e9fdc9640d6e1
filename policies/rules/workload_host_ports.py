"""Rule: no container takes a port of its node."""

__all__ = ["WORKLOAD_HOST_PORTS", "check"]

from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.pod_places import Place, places_of

_HIGHEST: Final = 65535


def check(resource: Resource, _config: None, findings: Findings) -> None:
    """Report ports of containers that are also ports of the node."""
    for place in places_of(resource, findings):
        if place.container is not None:
            ports = place.fields.get("ports")
            findings.is_open(ports)
            for port in ports.items():
                _check_port(place, port.get("hostPort"), findings)


def _check_port(place: Place, port: Field, findings: Findings) -> None:
    if findings.is_open(port) or port.is_missing:
        return
    number = port.integer()
    if number is None or not 0 <= number <= _HIGHEST:
        place.violation(findings, f"must have a hostPort that is a whole number up to {_HIGHEST}: its value is none.")
    elif number != 0:
        place.violation(findings, f"must not take a port of its node: its hostPort is {number}.")


WORKLOAD_HOST_PORTS: Final = ResourceRule(
    words=RuleWords(
        name="workload-forbids-host-ports",
        title="No host ports",
        description="No container may take a port of its node: network policies do not guard it.",
        remediation="Remove hostPort from the container's ports, and reach it through a Service.",
        tags=("kubernetes", "pod-security"),
    ),
    read=lambda _: None,
    check=check,
)
"""The rule."""
