"""Rule: images are named by digest, so that what was tried is what runs."""

__all__ = ["IMAGE_DIGESTS", "Digests", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.images import images_of
from policies.subjects.relaxation import NAMESPACES_SCHEMA


@dataclass(frozen=True)
class Digests:
    """Whether images need a digest, and the namespaces into which the cluster lets images without one all the same."""

    required: bool
    admitted_by_tag: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(bool(config.get("required", True)), frozenset(config.get("admittedByTag", ())))


def check(resource: Resource, digests: Digests, findings: Findings) -> None:
    """Report images without a digest (those made here have none yet), and namespaces that let such images in."""
    if not digests.required:
        return
    for image in images_of(resource, findings):
        if image.reference is not None and image.reference.digest is None and not image.is_made:
            findings.violation(image.subject, f"{image.title} must name its image by digest: {image.shown} has none.")
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) == ("core", "Namespace"):
            name = manifest.body.get("metadata", "name")
            if not (digests.admitted_by_tag and findings.is_open(name)) and name.text() in digests.admitted_by_tag:
                title = manifest.subject.title
                findings.violation(
                    manifest.subject, f"{title} must admit images by digest only: it admits them by tag."
                )


IMAGE_DIGESTS: Final = ResourceRule(
    words=RuleWords(
        name="image-requires-digest",
        title="Images need a digest",
        description="Every image must be named by digest.",
        remediation=(
            "Run `make images-lock STACK=...` where the registries can be reached and commit images/locks/: the "
            "program then puts the digest behind each tag. An image of your own settings takes name:tag@sha256:... too."
        ),
        tags=("kubernetes", "images"),
    ),
    properties={
        "required": {"type": "boolean", "default": True},
        # Workloads that others make there have names of their own, which no exemption can know: each namespace here
        # is a violation, so that its exemption says why, and until when.
        "admittedByTag": NAMESPACES_SCHEMA,
    },
    read=Digests.from_config,
    check=check,
)
"""The rule; the lab, whose images are made on the machine, does without."""
