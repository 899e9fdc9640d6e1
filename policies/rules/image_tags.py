"""Rule: every image has a well-formed reference with a fixed tag or a digest, never the tag "latest"."""

__all__ = ["IMAGE_TAGS", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.images import ImageUse, images_of

_MOVING: Final = "latest"


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report images without reference, with a malformed one, without tag and digest, or run by the tag "latest"."""
    for image in images_of(resource, findings):
        complaint = _complaint(image)
        if complaint is not None:
            findings.violation(image.subject, f"{image.title} {complaint}")


def _complaint(image: ImageUse) -> str | None:
    reference = image.reference
    if reference is None:
        return image.complaint
    if reference.tag is None and reference.digest is None:
        return f"must name its image with a fixed tag or a digest: {image.shown} has neither."
    # Beside a digest too: it says something else than what runs, and the next reader believes it. An image that is made
    # may have the name besides others: nothing runs it by that.
    if reference.tag == _MOVING and not image.is_made:
        return f"must not have the tag 'latest': its image is {image.shown}."
    return None


IMAGE_TAGS: Final = ResourceRule(
    words=RuleWords(
        name="image-requires-fixed-tag",
        title="Images need a fixed tag",
        description="Every image must be named by a well-formed reference with a fixed tag or a digest.",
        remediation="Name the version that was tried, for example registry:3.1.2, and its digest in staging and prod.",
        tags=("kubernetes", "images"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule. Images in a chart's own templates are judged once the chart is rendered."""
