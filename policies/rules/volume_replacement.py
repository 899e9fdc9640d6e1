"""Rule: a plan never replaces or deletes a volume of the platform, nor a namespace that holds volumes."""

__all__ = ["VOLUME_REPLACEMENT", "VolumeGuard", "check"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from policies.change import Change
from policies.change_rule import ChangeRule
from policies.findings import Findings
from policies.resource import Manifest
from policies.rule import RuleWords
from policies.subjects.volume_claims import makes_claims

_VOLUMES: Final = frozenset({("core", "PersistentVolumeClaim"), ("core", "PersistentVolume")})
_NAMESPACE: Final = ("core", "Namespace")


@dataclass(frozen=True)
class VolumeGuard:
    """Namespaces whose volumes go with them: they are guarded like volumes. Empty: every namespace is."""

    namespaces: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(frozenset(config.get("namespaces", ())))


def check(changes: Sequence[Change], guard: VolumeGuard, findings: Findings) -> None:
    """Report every volume, set with claim templates and guarded namespace that a step takes away, once each."""
    seen: set[str] = set()
    for change in changes:
        word = _loss(change)
        if word is None or change.urn in seen:
            continue
        for manifest in change.old_manifests(findings):
            what = _holds(manifest, guard, findings)
            if what is not None:
                seen.add(change.urn)
                findings.violation(manifest.subject, f"{manifest.subject.title} must not be {word}: {what}.")


def _loss(change: Change) -> str | None:
    """Return what the step does to the thing that is there, None if it leaves it."""
    if change.operation == "remove-pending-replace":
        # An earlier run has deleted it already; this step only takes it out of the state.
        return None
    if "replace" in change.operation:
        # Three steps make one replacement: create-replacement, replace, delete-replaced; discards and imports alike.
        return "replaced"
    return "deleted" if change.operation.startswith("delete") and not change.is_retained else None


def _holds(manifest: Manifest, guard: VolumeGuard, findings: Findings) -> str | None:
    """Return what would be lost with the object, None if nothing would."""
    kind = (manifest.group, manifest.kind)
    if kind in _VOLUMES:
        return "the data on it would be lost"
    if makes_claims(manifest, findings):
        return "it makes volumes of its own, and their data would be lost or left behind"
    if kind == _NAMESPACE:
        name = manifest.body.get("metadata", "name")
        if not guard.namespaces or name.text() in guard.namespaces:
            return "every volume in it would be lost with it"
        findings.is_open(name)
    return None


VOLUME_REPLACEMENT: Final = ChangeRule(
    words=RuleWords(
        name="volume-forbids-replacement",
        title="Volumes are never replaced",
        description=(
            "A plan must not replace or delete a volume claim, a persistent volume, a StatefulSet that makes claims, "
            "or a namespace that holds volumes."
        ),
        remediation=(
            "Undo the change that forces the replacement (name, namespace, class, access mode, a smaller size, the "
            "resource's logical name without an alias). If the volume is really to go, back its data up first, then "
            "exempt the named object in the stack's file of policies/config with the reason and a day soon."
        ),
        tags=("kubernetes", "data"),
    ),
    properties={
        "namespaces": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": []},
    },
    read=VolumeGuard.from_config,
    check=check,
)
"""The rule. Judged on the steps of a preview, by whoever runs one, before anything is changed."""
