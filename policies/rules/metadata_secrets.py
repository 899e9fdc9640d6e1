"""Rule: labels and annotations hold no secrets."""

__all__ = ["METADATA_SECRETS", "check"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import Severity

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.findings import reason_against, shown_name
from policies.secret_values.marks import is_marked
from policies.subjects.leaves import leaves

# Under names that are not repeated.
_UNNAMED: Final = {"label": "A label", "annotation": "An annotation"}


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report labels and annotations, of objects and of the pods they make, that look like secrets."""
    for manifest in resource.manifests(findings):
        for noun, field in _texts(manifest):
            for leaf in leaves(field):
                if not is_marked(leaf.field) and findings.is_open(leaf.field):
                    continue
                reason = reason_against(leaf.field, leaf.name)
                if reason is not None:
                    name = shown_name(leaf.name)
                    which = _UNNAMED[noun] if name is None else f"The {noun} '{name}'"
                    sentence = f"{which} of {manifest.subject.title} must not hold a secret: {reason}."
                    findings.violation(manifest.subject, sentence)


def _texts(manifest: Manifest) -> Iterator[tuple[str, Field]]:
    own = manifest.body.get("metadata")
    pods = [pod.metadata for pod in manifest.pods()]
    for metadata in [own, *(each for each in pods if each.path != own.path)]:
        yield "label", metadata.get("labels")
        yield "annotation", metadata.get("annotations")


METADATA_SECRETS: Final = ResourceRule(
    words=RuleWords(
        name="object-forbids-secret-metadata",
        title="Labels and annotations hold no secrets",
        description="No label or annotation may hold a secret.",
        remediation=(
            "Refer to a Secret by its name. To restart pods when a secret changes, annotate them with its checksum, "
            "under a name that ends in checksum. Then make a new one: this one has been seen."
        ),
        severity=Severity.CRITICAL,
        tags=("kubernetes", "secrets"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
