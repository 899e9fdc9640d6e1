"""Rule: images are named by digest, so that what was tried is what runs."""

__all__ = ["IMAGE_DIGESTS", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.images import images_of
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords

_REQUIRED: Final = "required"


def check(resource: Resource, is_required: bool, findings: Findings) -> None:  # noqa: FBT001 - the configuration
    """Report images without a digest; images that are made here have none before they are."""
    if not is_required:
        return
    for image in images_of(resource, findings):
        if image.reference is not None and image.reference.digest is None and not image.is_made:
            findings.violation(image.subject, f"{image.title} must name its image by digest: {image.shown} has none.")


def _read(config: Mapping[str, Any]) -> bool:
    return bool(config.get(_REQUIRED, True))


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
    properties={_REQUIRED: {"type": "boolean", "default": True}},
    read=_read,
    check=check,
)
"""The rule; the lab, whose images are made on the machine, does without."""
