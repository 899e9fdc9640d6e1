"""What one row of the matrix is: a program in steps, and what happens to the cluster in between."""

__all__ = ["Case", "Context", "Step"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pulumi

from tests.parity.control_plane import ControlPlane


@dataclass(frozen=True)
class Context:
    """What a program and the work between steps may use; `namespace` is this side's own, in lower case."""

    namespace: str
    cluster: ControlPlane
    files: Path


@dataclass(frozen=True)
class Step:
    """One run of the engine. `before` changes the cluster first; `fails` says that the run must fail."""

    name: str
    program: Callable[[Context, pulumi.ResourceOptions], None]
    action: Literal["preview", "up", "refresh", "destroy"] = "up"
    before: Callable[[Context], None] | None = None
    fails: bool = False


@dataclass(frozen=True)
class Case:
    """A row: steps on one stack. `namespaced` makes the side's namespace before; `provider` are further arguments."""

    name: str
    steps: tuple[Step, ...]
    namespaced: bool = True
    provider: Mapping[str, Any] = field(default_factory=dict)
