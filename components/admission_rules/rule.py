"""A rule of the pack as the cluster has it."""

__all__ = ["AdmissionRule"]

from collections.abc import Sequence
from dataclasses import dataclass

from components.admission_rules.cel import literal


@dataclass(frozen=True)
class AdmissionRule:
    """`name` is that of the pack's rule, `complaints` a CEL list of sentences, empty for a workload that keeps it."""

    name: str
    complaints: str

    @property
    def variable(self) -> str:
        """Return the name as CEL can have it: workloadRequiresLimits."""
        first, *rest = self.name.split("-")
        return first + "".join(word.capitalize() for word in rest)

    def complaints_but_for(self, subjects: Sequence[str]) -> str:
        """Return the complaints, without those about objects that are exempted, or owned by one that is."""
        if not subjects:
            return self.complaints
        return f"variables.subjects.exists(s, s in {literal(list(subjects))}) ? [] :\n{self.complaints}"
