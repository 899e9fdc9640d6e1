"""The resources of a deployment as a tree of components, with what happened to each."""

__all__ = ["Change", "ResourceNode", "ResourceOutcome", "count_changes", "resource_tree"]

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

_STACK_TYPE = "pulumi:pulumi:Stack"
_PROVIDER_PREFIX = "pulumi:providers:"


class Change(Enum):
    """What a deployment did to a resource: its mark, the word for it done, and the word for it planned."""

    CREATED = ("+", "created", "to create")
    CHANGED = ("~", "changed", "to change")
    REPLACED = ("±", "replaced", "to replace")
    DELETED = ("-", "deleted", "to delete")
    UNCHANGED = ("=", "unchanged", "unchanged")

    @property
    def mark(self) -> str:
        """One character in front of the resource's name."""
        return self.value[0]

    def word(self, *, planned: bool) -> str:
        """Return the word for a finished deployment, or for a preview."""
        return self.value[2 if planned else 1]


_OPERATIONS = {
    "create": Change.CREATED,
    "import": Change.CREATED,
    "update": Change.CHANGED,
    "delete": Change.DELETED,
    "discard": Change.DELETED,
}


@dataclass(frozen=True)
class ResourceOutcome:
    """One resource as the engine reported it: `operation` is the engine's word, `parent` the parent's URN or empty."""

    urn: str
    type: str
    name: str
    parent: str
    operation: str
    seconds: float
    failed: bool = False

    @property
    def change(self) -> Change:
        """What happened, in the report's terms; any step of a replacement counts as one."""
        if "replace" in self.operation:
            return Change.REPLACED
        return _OPERATIONS.get(self.operation, Change.UNCHANGED)


@dataclass(frozen=True)
class ResourceNode:
    """A resource with its children, in the order the engine reported them."""

    outcome: ResourceOutcome
    children: tuple["ResourceNode", ...]

    @property
    def label(self) -> str:
        """Kind and name; the kind is the last part of the type."""
        return f"{self.outcome.type.rpartition(':')[2]} {self.outcome.name}"

    @property
    def settled(self) -> bool:
        """Tell whether nothing happened to the resource and to any below it."""
        return all(node.outcome.change is Change.UNCHANGED and not node.outcome.failed for node in self.walk())

    def walk(self) -> Iterator["ResourceNode"]:
        """Yield the node and every node below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def resource_tree(outcomes: Sequence[ResourceOutcome]) -> tuple[ResourceNode, ...]:
    """Return the top-level nodes; the stack itself and unchanged providers are not shown.

    A resource whose parent is not among the outcomes stands at the top.
    """
    shown = [item for item in outcomes if not _is_hidden(item)]
    known = {item.urn for item in shown}
    below: dict[str, list[ResourceOutcome]] = {}
    for item in shown:
        below.setdefault(item.parent if item.parent in known else "", []).append(item)
    return _nodes("", below)


def count_changes(outcomes: Sequence[ResourceOutcome], *, planned: bool = False) -> str:
    """Return for example "3 created, 1 failed, 20 unchanged"; "nothing" for no resources."""
    shown = [item for item in outcomes if not _is_hidden(item)]
    counts = Counter(item.change for item in shown if not item.failed)
    parts = [f"{counts[change]} {change.word(planned=planned)}" for change in Change if counts[change]]
    failed = sum(item.failed for item in shown)
    if failed:
        parts.insert(0, f"{failed} failed")
    return ", ".join(parts) or "nothing"


def _nodes(parent: str, below: dict[str, list[ResourceOutcome]]) -> tuple[ResourceNode, ...]:
    return tuple(ResourceNode(item, _nodes(item.urn, below)) for item in below.get(parent, []))


def _is_hidden(item: ResourceOutcome) -> bool:
    if item.type == _STACK_TYPE:
        return True
    return item.type.startswith(_PROVIDER_PREFIX) and item.change is Change.UNCHANGED and not item.failed
