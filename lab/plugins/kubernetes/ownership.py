"""Server-side apply's field managers: whose fields are whose, and how this plugin takes its place among them."""

__all__ = [
    "created_by",
    "field_manager",
    "has_manager",
    "managers",
    "owned_by_others_only",
    "take_over",
]

import copy
import hashlib
from collections.abc import Iterator
from typing import Any

from lab.plugins.kubernetes.annotations import PATCH_FIELD_MANAGER
from lab.plugins.kubernetes.manifest import Manifest, annotation, metadata_of

_PREFIX = "pulumi-kubernetes-"

# Managers whose fields an update takes over, as (start of the name, operation): what kubectl applied or changed, and
# what this plugin or the official one created by other means than apply.
_PREDECESSORS = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    ("pulumi-kubernetes", "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)


def field_manager(urn: str, recorded: str = "", manifest: Manifest | None = None) -> str:
    """Return the resource's manager: named by annotation, else the one in state, else derived from the URN.

    The URN holds stack and project, so the same resource of two stacks has two managers.
    """
    named = annotation(manifest, PATCH_FIELD_MANAGER) if manifest is not None else ""
    return named or recorded or _PREFIX + hashlib.sha256(urn.encode()).hexdigest()[:8]


def _entries(live: Manifest) -> list[dict[str, Any]]:
    entries = metadata_of(live).get("managedFields")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def managers(live: Manifest) -> list[tuple[str, str]]:
    """Return (name, operation) of every manager of a live object."""
    return [(str(entry.get("manager", "")), str(entry.get("operation", ""))) for entry in _entries(live)]


def has_manager(live: Manifest, manager: str) -> bool:
    """Return whether `manager` owns fields of the object, by whatever operation."""
    return any(name == manager for name, _ in managers(live))


def created_by(live: Manifest, manager: str) -> bool:
    """Return whether `manager` still owns fields by creation: its first apply has yet to take them over."""
    return (manager, "Update") in managers(live)


def _is_predecessor(entry: dict[str, Any], manager: str) -> bool:
    if entry.get("subresource"):
        return False
    name, operation = str(entry.get("manager", "")), entry.get("operation")
    starts = (*_PREDECESSORS, (manager, "Update"))
    return any(name.startswith(start) and operation == expected for start, expected in starts)


def _merge_fields(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(first)
    for key, value in second.items():
        merged[key] = _merge_fields(merged.get(key, {}), value)
    return merged


def take_over(live: Manifest, manager: str) -> list[dict[str, Any]] | None:
    """Return the object's `managedFields` after `manager` took over from its predecessors; None if there are none.

    Without this, a field the program drops would stay: its creator would still own it.
    """
    entries = _entries(live)
    own = next(
        (entry for entry in entries if (entry.get("manager"), entry.get("operation")) == (manager, "Apply")), None
    )
    taken = [entry for entry in entries if entry is not own and _is_predecessor(entry, manager)]
    if not taken:
        return None
    fields: dict[str, Any] = {}
    for entry in [*([own] if own else []), *taken]:
        fields = _merge_fields(fields, entry.get("fieldsV1") or {})
    others = [entry for entry in entries if entry is not own and all(entry is not one for one in taken)]
    base = own or taken[0]
    return [*others, {**base, "manager": manager, "operation": "Apply", "fieldsV1": fields}]


def _owners(live: Manifest, path: tuple[str, ...]) -> Iterator[str]:
    for entry in _entries(live):
        fields: Any = entry.get("fieldsV1")
        for name in path:
            fields = fields.get(f"f:{name}") if isinstance(fields, dict) else None
        if fields is not None:
            yield str(entry.get("manager", ""))


def owned_by_others_only(live: Manifest, path: tuple[str, ...], manager: str) -> bool:
    """Return whether the field at `path` (names only) has managers, none of which is `manager`."""
    owners = set(_owners(live, path))
    return bool(owners) and manager not in owners
