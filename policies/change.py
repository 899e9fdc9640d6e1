"""What rules about a plan look at: one planned step of the engine."""

__all__ = ["Change"]

from dataclasses import dataclass, field

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource


@dataclass(frozen=True)
class Change:
    """One step: `operation` as Pulumi prints it (create, update, replace, create-replacement, delete-replaced, ...).

    `old` and `new` are the inputs before and after; nothing stands in the one that does not exist. `is_retained` says
    that a deletion leaves the object in the cluster (`retainOnDelete`).
    """

    operation: str
    type: str
    name: str
    urn: str
    old: Field = field(default_factory=lambda: Field(None))
    new: Field = field(default_factory=lambda: Field(None))
    is_retained: bool = False

    def old_manifests(self, findings: Findings) -> list[Manifest]:
        """Return the Kubernetes objects that are there before the step."""
        return list(Resource(self.type, self.name, self.old, self.urn).manifests(findings))
