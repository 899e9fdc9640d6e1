"""Rule: the engine is told to protect every volume of the platform, so that no plan takes one away."""

__all__ = ["VOLUME_PROTECTION", "check"]

from collections.abc import Mapping
from typing import Any, Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.volume_claims import makes_claims

_VOLUMES: Final = frozenset({("core", "PersistentVolumeClaim"), ("core", "PersistentVolume")})


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report volumes, and sets that make them, whose resource is not protected; files have no such option."""
    if not resource.options_known or resource.is_protected:
        return
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) in _VOLUMES or makes_claims(manifest, findings):
            findings.violation(
                manifest.subject, f"{manifest.subject.title} must be protected: its resource lacks the option protect."
            )


VOLUME_PROTECTION: Final = ResourceRule(
    words=RuleWords(
        name="volume-requires-protection",
        title="Volumes are protected",
        description=(
            "The resource of a volume claim, a persistent volume, or a StatefulSet that makes claims must have the "
            "option protect, so that the engine refuses to delete or replace it."
        ),
        remediation=(
            "Give the resource ResourceOptions(protect=True); for the platform's own volumes leave "
            "registryStorageProtect and databaseStorageProtect at true."
        ),
        tags=("kubernetes", "data"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule. Switched off for the lab, which `make down` takes with everything in it."""
