"""Rule: no quota grants /dev/kvm to a namespace that is not opted in."""

__all__ = ["QUOTA_KVM", "check"]

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.kvm_access import is_kvm_resource
from policies.subjects.pod_places import speakable
from policies.subjects.relaxation import NAMESPACES_SCHEMA, unless_relaxed

_PREFIXES: Final = ("requests.", "limits.")


@dataclass(frozen=True)
class KvmQuota:
    """The resources that give /dev/kvm, and the namespaces that may be granted some."""

    resources: frozenset[str]
    namespaces: frozenset[str]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(frozenset(config.get("resources", ())), frozenset(config.get("namespaces", ())))


def check(resource: Resource, config: KvmQuota, findings: Findings) -> None:
    """Report quotas that grant more than none of it."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) == ("core", "ResourceQuota"):
            hard = manifest.body.get("spec", "hard")
            if not findings.is_open(hard) and not hard.is_missing and not hard.is_mapping:
                title = manifest.subject.title
                findings.violation(manifest.subject, f"{title} must have a spec.hard that is an object: it is none.")
            unless_relaxed(manifest, config.namespaces, findings, partial(_check_quota, manifest, config.resources))


def _check_quota(manifest: Manifest, resources: frozenset[str], findings: Findings) -> None:
    for key, amount in manifest.body.get("spec", "hard").entries():
        name = next((key.removeprefix(each) for each in _PREFIXES if key.startswith(each)), key)
        if not is_kvm_resource(name, resources) or findings.is_open(amount) or _is_none(amount.value):
            continue
        told = speakable(name, "a resource that gives /dev/kvm")
        subject = manifest.subject
        findings.violation(
            subject, f"{subject.title} must not grant {told}: its namespace is not opted in to /dev/kvm."
        )


def _is_none(value: object) -> bool:
    try:
        return not Quantity.parse(value).is_positive
    except QuantityError:
        return value is None


QUOTA_KVM: Final = ResourceRule(
    words=RuleWords(
        name="quota-restricts-kvm",
        title="No quota of /dev/kvm without opt-in",
        description="No quota may grant /dev/kvm to a namespace that is not opted in to it.",
        remediation=(
            'Set requests.<resource> of the quota to "0", or have the namespace in `namespaces` of this rule\'s '
            "configuration and of the rule on workloads."
        ),
        tags=("kubernetes", "kvm"),
    ),
    properties={
        "resources": {"type": "array", "items": {"type": "string", "pattern": "^[^/ ]+/[^/ ]+$"}, "default": []},
        "namespaces": NAMESPACES_SCHEMA,
    },
    read=KvmQuota.from_config,
    check=check,
)
"""The rule."""
