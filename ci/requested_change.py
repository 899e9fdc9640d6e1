"""How a plan changes what each namespace asks the cluster to set aside."""

__all__ = ["NamespaceChange", "requested_changes", "uncounted_charts"]

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ci.plan import Operation, Plan
from ci.requested_amounts import Amounts, requested
from core.fields import Field
from core.kubernetes_names import is_label

_PACKAGE: Final = "kubernetes"
_TOKEN_PARTS: Final = 3
_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_DEEPEST_LIST: Final = 20


@dataclass
class NamespaceChange:
    """What a namespace requests before and after; `per_node` names DaemonSets, which are counted for one node."""

    namespace: str
    before: Amounts = field(default_factory=Amounts)
    after: Amounts = field(default_factory=Amounts)
    per_node: list[str] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Say whether any amount is another one afterwards."""
        difference = self.after - self.before
        return bool(difference.cpu or difference.memory or difference.storage or self.after.unknown)


def requested_changes(plan: Plan) -> list[NamespaceChange]:
    """Return the namespaces of the plan's workloads and claims, sorted; resources the plan does not list are no part.

    A resource of an operation this project does not know counts on both sides, so that it changes nothing.
    """
    found: dict[str, NamespaceChange] = {}
    for change in plan.changes:
        for inputs, is_after in ((change.old, False), (change.new, True)):
            if change.operation is Operation.OTHER:
                continue
            for group, kind, body in _objects(change.type, inputs):
                amounts = requested(group, kind, Field(body))
                if amounts == Amounts():
                    continue
                namespace = _namespace(body)
                entry = found.setdefault(namespace, NamespaceChange(namespace))
                if is_after:
                    entry.after += amounts
                else:
                    entry.before += amounts
                if kind == "DaemonSet" and change.name not in entry.per_node:
                    entry.per_node.append(change.name)
    return [found[name] for name in sorted(found)]


def uncounted_charts(plan: Plan) -> list[str]:
    """Return the Helm releases that change: the engine does not see the pods in them."""
    return [change.name for change in plan.having(*_CHANGING) if change.type == _RELEASE]


_CHANGING: Final = (Operation.CREATE, Operation.UPDATE, Operation.REPLACE, Operation.DELETE)


def _objects(type_: str, inputs: Mapping[str, Any], depth: int = 0) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return API group, kind and body of a resource's objects, those of a list one by one."""
    parts = type_.split(":")
    if len(parts) != _TOKEN_PARTS or parts[0] != _PACKAGE or not inputs:
        return []
    items = inputs.get("items")
    if not (parts[2].endswith("List") and isinstance(items, list)):
        return [(parts[1].rpartition("/")[0] or "core", parts[2], inputs)]
    found = []
    for item in items if depth < _DEEPEST_LIST else []:
        if isinstance(item, Mapping):
            token = f"{_PACKAGE}:{_versioned(item)}:{item.get('kind')}"
            found += _objects(token, item, depth + 1)
    return found


def _versioned(item: Mapping[str, Any]) -> str:
    """Return an object's API version as Pulumi's tokens have it: "core/v1" for "v1"."""
    version = str(item.get("apiVersion", ""))
    return version if "/" in version else f"core/{version}"


def _namespace(body: Mapping[str, Any]) -> str:
    metadata = body.get("metadata")
    name = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    if name is None:
        return "default"
    return name if isinstance(name, str) and is_label(name) else "(not known yet)"
