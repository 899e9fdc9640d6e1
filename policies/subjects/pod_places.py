"""The places of a workload that security rules look at: its pods and their containers, each with how to call it."""

__all__ = ["Place", "containers_of", "places_of", "pods_of", "require_false", "speakable"]

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.fields import Field
from core.workloads import ContainerView, PodSpecView
from policies.findings import Findings
from policies.resource import Manifest, Resource

_SPEAKABLE: Final = re.compile(r"[A-Za-z0-9._/-]{1,100}", re.ASCII)


@dataclass(frozen=True)
class Place:
    """A pod, or one container of it: `fields` are the properties of the pod's spec or of the container."""

    manifest: Manifest
    pod: PodSpecView
    container: ContainerView | None = None

    @property
    def fields(self) -> Field:
        """Return the properties of the container, or of the pod's spec."""
        return self.pod.spec if self.container is None else self.container.fields

    @property
    def security(self) -> Field:
        """Return the security context."""
        return self.fields.get("securityContext")

    @property
    def title(self) -> str:
        """Return how a sentence about the place begins."""
        subject = self.manifest.subject.title
        if self.container is not None:
            return f"The {self.container.title} of {subject}"
        return subject if self.manifest.kind == "Pod" else f"The pod of {subject}"

    def violation(self, findings: Findings, complaint: str) -> None:
        """Report what is wrong here: the rest of the sentence."""
        findings.violation(self.manifest.subject, f"{self.title} {complaint}")


def pods_of(resource: Resource, findings: Findings) -> Iterator[Place]:
    """Yield each pod of a resource."""
    for manifest in resource.manifests(findings):
        for pod in manifest.pods():
            yield Place(manifest, pod)


def containers_of(place: Place, findings: Findings) -> Iterator[Place]:
    """Yield each container of a pod that can be seen; lists of them that are unknown are noted as open."""
    findings.is_open(*place.pod.lists())
    for container in place.pod.containers():
        yield Place(place.manifest, place.pod, container)


def places_of(resource: Resource, findings: Findings) -> Iterator[Place]:
    """Yield each pod of a resource, and after it each of its containers."""
    for place in pods_of(resource, findings):
        yield place
        yield from containers_of(place, findings)


def require_false(place: Place, field: Field, complaint: str, findings: Findings) -> None:
    """Report a switch that is on, or that is neither on nor off; off is what it is where it is left out."""
    if findings.is_open(field) or field.is_missing or field.value is False:
        return
    key = field.path.rpartition(".")[2]
    neither = f"must have a {key} that is true or false: its value is neither."
    place.violation(findings, neither if field.boolean() is None else complaint)


def speakable(text: str, otherwise: str) -> str:
    """Return the text if it looks like a name or path, in quotes, else the words for something that cannot be told."""
    return f"'{text}'" if _SPEAKABLE.fullmatch(text) else otherwise
