"""Rule: images come from allowed registries and repositories only."""

__all__ = ["IMAGE_REGISTRIES", "AllowedRepositories", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.image_reference import ImageReference
from policies.findings import Findings
from policies.images import images_of
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords


@dataclass(frozen=True)
class AllowedRepositories:
    """Where images may come from: each entry is a registry, and the repository or the first parts of its path."""

    entries: tuple[str, ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration; by default nothing is allowed."""
        return cls(tuple(str(entry) for entry in config.get("allowedRepositories", ())))

    def admit(self, image: ImageReference) -> bool:
        """Say whether an entry covers the image, by whole parts: ghcr.io/coder does not cover ghcr.io/coderx/coder."""
        parts = [image.registry, *image.repository.split("/")]
        return any(parts[: len(entry)] == entry for entry in (each.split("/") for each in self.entries))

    @property
    def shown(self) -> str:
        """Return the list for a message."""
        return ", ".join(self.entries) or "none"


def check(resource: Resource, allowed: AllowedRepositories, findings: Findings) -> None:
    """Report images from anywhere else; what is no reference at all is another rule's concern."""
    for image in images_of(resource, findings):
        if image.reference is not None and not allowed.admit(image.reference):
            findings.violation(
                image.subject,
                f"{image.title} must have an image from an allowed repository: {image.shown} is in none of them "
                f"(allowed: {allowed.shown}).",
            )


IMAGE_REGISTRIES: Final = ResourceRule(
    words=RuleWords(
        name="image-requires-allowed-repository",
        title="Images come from known places",
        description="Every image must come from a registry and repository that this stack allows.",
        remediation=(
            "Take the image from an allowed repository, or add its registry and repository path to "
            "allowedRepositories of this rule's configuration, as long as is needed and no longer."
        ),
        tags=("kubernetes", "images"),
    ),
    properties={
        "allowedRepositories": {
            "type": "array",
            # Registry, and parts of the path after it: "docker.io/library/postgres", "ghcr.io/coder".
            "items": {"type": "string", "pattern": r"^[A-Za-z0-9.\[\]:-]+(/[a-z0-9._-]+)*$"},
            "default": [],
        },
    },
    read=AllowedRepositories.from_config,
    check=check,
)
"""The rule. Names are compared as Docker completes them: "postgres" is docker.io/library/postgres."""
