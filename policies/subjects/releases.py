"""Helm releases of the stack: where their chart comes from, and what it is told."""

__all__ = ["ReleaseView", "release_of"]

from dataclasses import dataclass
from typing import Final

from core.fields import Field
from policies.findings import Subject
from policies.resource import Resource

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"


@dataclass(frozen=True)
class ReleaseView:
    """One release: `properties` are those of the Pulumi resource."""

    properties: Field
    subject: Subject

    @property
    def values(self) -> Field:
        """Return what the chart is told."""
        return self.properties.get("values")

    @property
    def chart_name(self) -> str:
        """Return the chart's own name, the last part of a path or URL; empty if it is unknown or no string."""
        return (self.properties.get("chart").text() or "").rstrip("/").rpartition("/")[2]


def release_of(resource: Resource) -> ReleaseView | None:
    """Return the release a resource is, None for any other resource."""
    return ReleaseView(resource.properties, resource.subject) if resource.type == _RELEASE else None
