"""What rules report: violations as sentences about named objects, and what could not be judged yet."""

__all__ = ["Findings", "Subject", "Violation"]

from collections.abc import Collection
from dataclasses import dataclass, field

from core.fields import Field


@dataclass(frozen=True)
class Subject:
    """The object a violation is about, as exemptions name it: "Deployment coder/registry", "ClusterRole coder".

    `origin` says in words where it comes from if no resource of the stack is the object itself: "rendered by ...".
    `is_exact` is false when name or namespace are unknown or malformed and something else stands in for them: such an
    object is never the one that an exemption or an allow-list names.
    """

    kind: str
    namespace: str
    name: str
    origin: str = ""
    is_exact: bool = field(default=True, compare=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"

    def is_one_of(self, names: Collection[str]) -> bool:
        """Say whether an allow-list names this very object: kind, and name after its namespace."""
        return self.is_exact and str(self) in names

    @property
    def path(self) -> str:
        """Return the name, after its namespace if it has one."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def title(self) -> str:
        """Return how to call the object in a sentence: Deployment 'coder/registry'."""
        title = f"{self.kind} '{self.path}'"
        return f"{title} {self.origin}" if self.origin else title


@dataclass(frozen=True)
class Violation:
    """One broken rule: `sentence` names object, container, value found and limit, and never repeats a secret."""

    subject: Subject
    sentence: str


@dataclass
class Findings:
    """Collects what one check found. `unknown` holds why parts of it cannot be judged before they are known."""

    violations: list[Violation] = field(default_factory=list)
    unknown: list[Exception] = field(default_factory=list)

    def violation(self, subject: Subject, sentence: str) -> None:
        """Report a violation."""
        self.violations.append(Violation(subject, sentence))

    def is_open(self, *fields: Field) -> bool:
        """Note each of the fields that is unknown, and say whether there was one: it cannot be judged yet."""
        found = [field.unknown for field in fields if field.unknown is not None]
        self.unknown.extend(found)
        return bool(found)
