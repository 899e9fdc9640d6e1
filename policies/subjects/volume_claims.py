"""Every volume claim inside a Kubernetes object: claims themselves, and the templates claims are made from."""

__all__ = ["ClaimView", "claims_of", "makes_claims"]

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest

_CLAIM: Final = ("core", "PersistentVolumeClaim")
_STATEFUL_SET: Final = ("apps", "StatefulSet")


@dataclass(frozen=True)
class ClaimView:
    """One claim, or template of claims: how a sentence calls it, its `metadata` and `spec`."""

    title: str
    metadata: Field
    spec: Field


def claims_of(manifest: Manifest, findings: Findings) -> Iterator[ClaimView]:
    """Yield the object's own claim, its claim templates, and those of its pods' ephemeral volumes."""
    title = manifest.subject.title
    kind = (manifest.group, manifest.kind)
    if kind == _CLAIM:
        yield ClaimView(title, manifest.body.get("metadata"), manifest.body.get("spec"))
    if kind == _STATEFUL_SET:
        templates = manifest.body.get("spec", "volumeClaimTemplates")
        findings.is_open(templates)
        for number, template in enumerate(templates.items()):
            name = f"The claim template #{number} of {title}"
            yield ClaimView(name, template.get("metadata"), template.get("spec"))
    for pod in manifest.pods():
        volumes = pod.spec.get("volumes")
        findings.is_open(volumes)
        for number, volume in enumerate(volumes.items()):
            template = volume.get("ephemeral", "volumeClaimTemplate")
            if not findings.is_open(template) and not template.is_missing:
                name = f"The ephemeral volume #{number} of {title}"
                yield ClaimView(name, template.get("metadata"), template.get("spec"))


def makes_claims(manifest: Manifest, findings: Findings) -> bool:
    """Say whether the object is a StatefulSet that makes claims; what is unknown is noted."""
    if (manifest.group, manifest.kind) != _STATEFUL_SET:
        return False
    templates = manifest.body.get("spec", "volumeClaimTemplates")
    if findings.is_open(templates) or templates.is_missing:
        return False
    return not templates.is_sequence or any(True for _ in templates.items())
