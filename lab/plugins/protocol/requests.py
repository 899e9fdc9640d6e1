"""What the engine asks of a provider, decoded. Properties may hold UNKNOWN (in previews) and Secret."""

__all__ = [
    "Autonaming",
    "CheckRequest",
    "ConfigureRequest",
    "CreateRequest",
    "DeleteRequest",
    "DiffRequest",
    "InvokeRequest",
    "ReadRequest",
    "UpdateRequest",
]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lab.plugins.protocol.values import Properties


@dataclass(frozen=True)
class Autonaming:
    """How the user wants resources named that have no explicit name."""

    proposed_name: str
    mode: Literal["propose", "enforce", "disable"]


@dataclass(frozen=True)
class ConfigureRequest:
    """The provider's own inputs; arguments that are not strings arrive as JSON strings."""

    args: Properties
    variables: Mapping[str, str]
    urn: str
    id: str


@dataclass(frozen=True)
class CheckRequest:
    """Inputs to validate and complete. `olds` are the inputs checked last time, or None for a new resource."""

    urn: str
    type: str
    name: str
    olds: Properties | None
    news: Properties
    random_seed: bytes
    autonaming: Autonaming | None


@dataclass(frozen=True)
class DiffRequest:
    """Compare `news` (checked inputs) with `old_inputs` and `olds` (the outputs in state).

    Secrets are those of both sides. `news` may hold UNKNOWN in a preview. Asset contents are elided: only hashes.
    """

    id: str
    urn: str
    type: str
    name: str
    olds: Properties
    old_inputs: Properties
    news: Properties
    ignore_changes: tuple[str, ...]


@dataclass(frozen=True)
class CreateRequest:
    """Create from checked inputs; with `preview`, only say what would come out. `timeout` in seconds, 0 for none."""

    urn: str
    type: str
    name: str
    properties: Properties
    timeout: float
    preview: bool


@dataclass(frozen=True)
class ReadRequest:
    """Read the live state. `inputs` is None for an import or `.get()`, the inputs in state for a refresh."""

    id: str
    urn: str
    type: str
    name: str
    properties: Properties
    inputs: Properties | None
    timeout: float


@dataclass(frozen=True)
class UpdateRequest:
    """Bring the resource from `olds` (outputs) and `old_inputs` to `news`; `timeout` in seconds, 0 for none."""

    id: str
    urn: str
    type: str
    name: str
    olds: Properties
    old_inputs: Properties
    news: Properties
    timeout: float
    preview: bool
    ignore_changes: tuple[str, ...]


@dataclass(frozen=True)
class DeleteRequest:
    """Delete the resource; `properties` are the outputs in state. `timeout` in seconds, 0 for none."""

    id: str
    urn: str
    type: str
    name: str
    properties: Properties
    old_inputs: Properties
    timeout: float


@dataclass(frozen=True)
class InvokeRequest:
    """Call a function of the provider."""

    token: str
    args: Properties
    preview: bool
