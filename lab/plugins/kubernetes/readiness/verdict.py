"""What a readiness function finds."""

__all__ = ["Judge", "Surroundings", "Verdict", "conditions", "number", "observed"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lab.plugins.kubernetes.manifest import Manifest, generation_of, pluck


@dataclass(frozen=True)
class Verdict:
    """Whether an object is ready; `status` is what it waits for, in a few words.

    `reasons` are sentences about what is wrong so far; `hopeless` says that waiting longer cannot help.
    """

    ready: bool
    status: str = ""
    reasons: tuple[str, ...] = ()
    hopeless: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What belongs to an object and says more about it than the object itself does.

    `waited` is for how many seconds it has been watched; `created` is false when the object was there before.
    """

    pods: tuple[Manifest, ...] = ()
    replica_sets: tuple[Manifest, ...] = ()
    endpoint_slices: tuple[Manifest, ...] = ()
    services: tuple[Manifest, ...] = ()
    claims: tuple[Manifest, ...] = ()
    storage_classes: Mapping[str, Manifest] = field(default_factory=dict)
    waited: float = 0.0
    created: bool = True


Judge: TypeAlias = Callable[[Manifest, Surroundings], Verdict]
"""A readiness function: the live object and its surroundings -> verdict."""


def conditions(manifest: Manifest) -> dict[str, Manifest]:
    """Return the object's conditions by type."""
    listed = pluck(manifest, "status", "conditions")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {str(one.get("type")): one for one in found}


def number(manifest: Manifest, *path: str, default: int = 0) -> int:
    """Return the whole number at `path`, or `default` where there is none."""
    found = pluck(manifest, *path)
    return found if isinstance(found, int) else default


def observed(manifest: Manifest) -> bool:
    """Return whether the controller has seen the object's latest spec: before that its status is an old one's."""
    return number(manifest, "status", "observedGeneration") >= max(generation_of(manifest), 1)
