"""Rule: volume claims ask for an amount within the namespace's bounds, of a storage class that is allowed."""

__all__ = ["CLAIM_STORAGE", "StorageBounds", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from core.fields import Field
from core.quantity import Quantity, QuantityError
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.volume_claims import ClaimView, claims_of

_DEFAULT_MINIMUM: Final = "64Mi"
_DEFAULT_MAXIMUM: Final = "100Gi"
_AMOUNT: Final = {
    "type": "string",
    "pattern": r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$",
}
_OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"


@dataclass(frozen=True)
class StorageBounds:
    """Smallest and largest claim, by namespace where one differs; classes by name, and whether none need be named."""

    minimum: Quantity
    maximum: Quantity
    of_namespace: Mapping[str, Quantity]
    classes: frozenset[str]
    takes_default_class: bool

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration; what it does not name has its default."""
        return cls(
            Quantity.parse(config.get("minStorage", _DEFAULT_MINIMUM)),
            Quantity.parse(config.get("maxStorage", _DEFAULT_MAXIMUM)),
            {name: Quantity.parse(amount) for name, amount in config.get("maxStorageByNamespace", {}).items()},
            frozenset(config.get("classes", ())),
            takes_default_class=config.get("defaultClass", False),
        )

    def maxima(self, namespace: Field) -> tuple[Quantity, Quantity]:
        """Return the smallest and the largest maximum that may hold in a namespace: one if it is known."""
        if namespace.unknown is None:
            maximum = self.of_namespace.get(namespace.string(), self.maximum)
            return maximum, maximum
        possible = (self.maximum, *self.of_namespace.values())
        return min(possible), max(possible)


def check(resource: Resource, bounds: StorageBounds, findings: Findings) -> None:
    """Report claims without a size, with one out of bounds, or of another class."""
    for manifest in resource.manifests(findings):
        for claim in claims_of(manifest, findings):
            complaints = (
                *_size_complaints(claim, manifest.namespace, bounds, findings),
                *_class_complaints(claim, bounds, findings),
            )
            for complaint in complaints:
                findings.violation(manifest.subject, f"{claim.title} must {complaint}.")


def _size_complaints(claim: ClaimView, namespace: Field, bounds: StorageBounds, findings: Findings) -> Iterator[str]:
    found = claim.spec.get("resources", "requests", "storage")
    if findings.is_open(found):
        return
    if found.is_missing:
        yield "request an amount of storage: it requests none"
        return
    try:
        amount = Quantity.parse(found.value)
    except QuantityError:
        yield "request storage as a Kubernetes quantity: its value is none"
        return
    surely, perhaps = bounds.maxima(namespace)
    if amount < bounds.minimum:
        yield f"request at least {bounds.minimum} of storage: it requests {amount}"
    elif amount > perhaps:
        yield f"request at most {perhaps} of storage: it requests {amount}"
    elif amount > surely:
        findings.is_open(namespace)


def _class_complaints(claim: ClaimView, bounds: StorageBounds, findings: Findings) -> Iterator[str]:
    old = claim.metadata.get("annotations", _OLD_CLASS)
    if not findings.is_open(old) and not old.is_missing:
        yield "name its class in spec.storageClassName: it does so in an annotation of old"
    found = claim.spec.get("storageClassName")
    allowed = ", ".join(sorted(bounds.classes)) or "none by name"
    if findings.is_open(found):
        return
    if found.is_missing:
        if not bounds.takes_default_class:
            yield f"name a storage class ({allowed}): it names none"
    elif found.text() not in bounds.classes:
        yield f"be of an allowed storage class ({allowed}): it names another"


CLAIM_STORAGE: Final = ResourceRule(
    words=RuleWords(
        name="claim-requires-bounded-storage",
        title="Claims are sized, of an allowed class",
        description=(
            "A volume claim, a claim template and an ephemeral volume must request storage within the bounds of their "
            "namespace, of a storage class that the stack allows."
        ),
        remediation=(
            "Set resources.requests.storage between minStorage and maxStorage, and storageClassName to one of classes "
            "in this rule's configuration; defaultClass says whether the cluster's default will do."
        ),
        tags=("kubernetes", "data"),
    ),
    properties={
        "minStorage": {**_AMOUNT, "default": _DEFAULT_MINIMUM},
        "maxStorage": {**_AMOUNT, "default": _DEFAULT_MAXIMUM},
        "maxStorageByNamespace": {"type": "object", "additionalProperties": _AMOUNT, "default": {}},
        "classes": {"type": "array", "items": {"type": "string"}, "default": []},
        "defaultClass": {"type": "boolean", "default": False},
    },
    read=StorageBounds.from_config,
    check=check,
)
"""The rule."""
