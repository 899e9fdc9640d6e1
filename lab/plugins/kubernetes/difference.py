"""What an update would change, and whether it can be done in place."""

__all__ = ["compare"]

from collections.abc import Sequence
from typing import Any

from lab.plugins.kubernetes.manifest import Manifest
from lab.plugins.kubernetes.quantity import same_quantity
from lab.plugins.kubernetes.replacement import Path, forces_replacement
from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.results import PropertyChange


def compare(
    old: Manifest, new: Manifest, replacing: Sequence[str], ignored: Sequence[str] = ()
) -> dict[str, PropertyChange]:
    """Return the changes from `old` to `new` inputs by property path.

    `replacing` are the fields whose change replaces the object, `ignored` paths whose changes do not count. Equal
    amounts in different spelling are no change.
    """
    aligned = _align((), old, new)

    def replaces(path: Path) -> bool:
        return forces_replacement(path, _at(aligned, path), replacing)

    changes = diff_inputs(old, aligned, replaces=replaces)
    return {path: change for path, change in changes.items() if not _covered(path, ignored)}


def _align(path: Path, old: Any, new: Any) -> Any:  # noqa: ANN401 - any value
    """Return `new` with the spelling of `old` for equal quantities."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _align((*path, key), old[key], item) if key in old else item for key, item in new.items()}
    if isinstance(old, list) and isinstance(new, list):
        head = [_align((*path, index), *pair) for index, pair in enumerate(zip(old, new, strict=False))]
        return [*head, *new[len(head) :]]
    return old if same_quantity(path, old, new) else new


def _at(value: Any, path: Path) -> Any:  # noqa: ANN401 - any value
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _covered(path: str, ignored: Sequence[str]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in ignored)
