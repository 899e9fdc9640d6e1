"""What a provider answers."""

__all__ = [
    "CheckFailure",
    "CheckResult",
    "CreateResult",
    "DiffKind",
    "DiffResult",
    "InvokeResult",
    "PropertyChange",
    "ReadResult",
]

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from lab.plugins.protocol.values import Properties


@dataclass(frozen=True)
class CheckFailure:
    """One invalid input: the property's path and what is wrong with it, as a sentence."""

    property: str
    reason: str


@dataclass(frozen=True)
class CheckResult:
    """The inputs, completed with defaults, and what is wrong with them."""

    inputs: Properties
    failures: tuple[CheckFailure, ...] = ()


class DiffKind(Enum):
    """What happened to a property, and whether that forces a replacement; values are the protocol's names."""

    ADD = "ADD"
    ADD_REPLACE = "ADD_REPLACE"
    DELETE = "DELETE"
    DELETE_REPLACE = "DELETE_REPLACE"
    UPDATE = "UPDATE"
    UPDATE_REPLACE = "UPDATE_REPLACE"

    @property
    def replaces(self) -> bool:
        """Return whether the change forces a replacement."""
        return self.value.endswith("_REPLACE")

    def as_replace(self) -> "DiffKind":
        """Return the kind that says the same and forces a replacement."""
        return self if self.replaces else DiffKind(f"{self.value}_REPLACE")


@dataclass(frozen=True)
class PropertyChange:
    """One line of a detailed diff; `input_diff` says that old and new inputs differ, not the live state."""

    kind: DiffKind
    input_diff: bool = True


@dataclass(frozen=True)
class DiffResult:
    """What differs: `detailed` maps property paths (`spec.containers[0].image`) to changes.

    `changes`, `replaces` and the top-level keys follow from `detailed`; `extra_replaces` adds paths that force a
    replacement without a line of their own. `stables` are outputs an update leaves as they are.
    """

    detailed: Mapping[str, PropertyChange] = field(default_factory=dict)
    delete_before_replace: bool = False
    stables: tuple[str, ...] = ()
    extra_replaces: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Return whether there is anything to do."""
        return bool(self.detailed or self.extra_replaces)

    @property
    def replaces(self) -> tuple[str, ...]:
        """Return the paths that force a replacement."""
        found = (path for path, change in self.detailed.items() if change.kind.replaces)
        return tuple(dict.fromkeys([*found, *self.extra_replaces]))


@dataclass(frozen=True)
class CreateResult:
    """The new resource's ID ("" in a preview) and its outputs."""

    id: str
    properties: Properties


@dataclass(frozen=True)
class ReadResult:
    """The live state; `id` is None when the resource is gone."""

    id: str | None
    properties: Properties = field(default_factory=dict)
    inputs: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class InvokeResult:
    """What a function returned, or why its arguments were refused."""

    returned: Properties
    failures: tuple[CheckFailure, ...] = ()
