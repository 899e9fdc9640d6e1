"""Rule: images come from allowed registries and repositories only."""

__all__ = ["IMAGE_REGISTRIES", "AllowedRepositories", "check"]

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from core.image_reference import ImageReference
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.images import images_of

_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_REPOSITORIES_SCHEMA: Final = {
    "type": "array",
    # Registry, and parts of the path after it: "docker.io/library/postgres", "ghcr.io/coder".
    "items": {"type": "string", "pattern": r"^[A-Za-z0-9.\[\]:-]+(/[a-z0-9._-]+)*$"},
    "default": [],
}


@dataclass(frozen=True)
class AllowedRepositories:
    """Where images may come from: each entry is a registry, and the repository or the first parts of its path.

    Namespaces may have entries of their own besides: developers choose the images of their workspaces. What is made may
    besides be pushed to registries named by an address in one of the networks.
    """

    entries: tuple[str, ...]
    by_namespace: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    push_networks: tuple[ipaddress.IPv4Network, ...] = ()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration; by default nothing is allowed."""
        namespaces = config.get("namespaces", {})
        return cls(
            tuple(str(entry) for entry in config.get("allowedRepositories", ())),
            {name: tuple(str(entry) for entry in entries) for name, entries in namespaces.items()},
            tuple(ipaddress.IPv4Interface(network).network for network in config.get("pushNetworks", ())),
        )

    def admit(self, image: ImageReference, namespace: str) -> bool:
        """Say whether an entry covers the image, by whole parts: ghcr.io/coder does not cover ghcr.io/coderx/coder."""
        return _covers(self._of(namespace), image)

    def admit_push(self, image: ImageReference) -> bool:
        """Say whether the image goes to a registry in one of the networks."""
        host = urlsplit(f"//{image.registry}").hostname
        try:
            address = ipaddress.IPv4Address(str(host))
        except ValueError:
            return False
        return any(address in network for network in self.push_networks)

    def depends_on_namespace(self, image: ImageReference) -> bool:
        """Say whether the image is covered in some namespace."""
        return any(_covers(entries, image) for entries in self.by_namespace.values())

    def shown(self, namespace: str) -> str:
        """Return the list for a message."""
        return ", ".join(self._of(namespace)) or "none"

    def _of(self, namespace: str) -> tuple[str, ...]:
        return (*self.entries, *self.by_namespace.get(namespace, ()))


def _covers(entries: tuple[str, ...], image: ImageReference) -> bool:
    parts = [image.registry, *image.repository.split("/")]
    return any(parts[: len(entry)] == entry for entry in (each.split("/") for each in entries))


def check(resource: Resource, allowed: AllowedRepositories, findings: Findings) -> None:
    """Report images from anywhere else; what is no reference at all is another rule's concern."""
    for image in images_of(resource, findings):
        namespace = image.subject.namespace
        if image.reference is None or allowed.admit(image.reference, namespace):
            continue
        if image.is_made and allowed.admit_push(image.reference):
            continue
        if allowed.depends_on_namespace(image.reference) and findings.is_open(image.namespace):
            continue
        findings.violation(
            image.subject,
            f"{image.title} must have an image from an allowed repository: {image.shown} is in none of them "
            f"(allowed: {allowed.shown(namespace)}).",
        )


IMAGE_REGISTRIES: Final = ResourceRule(
    words=RuleWords(
        name="image-requires-allowed-repository",
        title="Images come from known places",
        description="Every image must come from a registry and repository that this stack allows.",
        remediation=(
            "Take the image from an allowed repository, or add its registry and repository path to "
            "allowedRepositories of this rule's configuration, or to those of its namespace alone, as long as it is "
            "needed."
        ),
        tags=("kubernetes", "images"),
    ),
    properties={
        "allowedRepositories": _REPOSITORIES_SCHEMA,
        "namespaces": {"type": "object", "additionalProperties": _REPOSITORIES_SCHEMA, "default": {}},
        # Registries whose names are IPv4 addresses, as those of labs: into these networks images may be pushed.
        "pushNetworks": {
            "type": "array",
            "items": {"type": "string", "pattern": rf"^(?:{_OCTET}\.){{3}}{_OCTET}/(?:3[0-2]|[12]?[0-9])$"},
            "default": [],
        },
    },
    read=AllowedRepositories.from_config,
    check=check,
)
"""The rule. Names are compared as Docker completes them: "postgres" is docker.io/library/postgres."""
