"""What resource properties are made of: plain Python values plus the few kinds only Pulumi has."""

__all__ = [
    "UNKNOWN",
    "Archive",
    "Asset",
    "Output",
    "Properties",
    "ResourceReference",
    "Secret",
    "Unknown",
    "Value",
    "contains_secret",
    "contains_unknown",
    "is_secret",
    "map_leaves",
    "reveal",
    "secret_strings",
]

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

# None, bool, int, float, str, list[Value], dict[str, Value], or one of the classes below. The shape is the user's and
# is only known at run time, hence no narrower static type.
Value: TypeAlias = Any
Properties: TypeAlias = dict[str, Value]


class Unknown(Enum):
    """The type of UNKNOWN: a value that a preview cannot know yet."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value the engine encrypts in its state and hides in its display."""

    value: Value = field(repr=False)


@dataclass(frozen=True)
class Output:
    """A value with everything Pulumi knows about it; `value` is UNKNOWN when it is not known yet."""

    value: Value = field(repr=False)
    secret: bool = False
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asset:
    """A file's worth of data: exactly one of text, path and uri, or only the hash of one seen before."""

    hash: str = ""
    text: str | None = field(default=None, repr=False)
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True)
class Archive:
    """A folder's worth of data: exactly one of assets (Asset or Archive by name), path and uri, or only a hash."""

    hash: str = ""
    assets: Mapping[str, "Asset | Archive"] | None = None
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True)
class ResourceReference:
    """A reference to another resource; `id` is None when it has none, UNKNOWN when it is not known yet."""

    urn: str
    id: str | Unknown | None = None
    package_version: str = ""


def map_leaves(value: Value, change: Callable[[Value], Value]) -> Value:
    """Return a copy with `change` applied to everything that is not a list, dict, Secret or Output."""
    match value:
        case dict():
            return {key: map_leaves(item, change) for key, item in value.items()}
        case list():
            return [map_leaves(item, change) for item in value]
        case Secret():
            return Secret(map_leaves(value.value, change))
        case Output():
            return Output(map_leaves(value.value, change), value.secret, value.dependencies)
        case _:
            return change(value)


def reveal(value: Value) -> Value:
    """Return a copy without Secret and Output wrappers, at any depth."""
    match value:
        case dict():
            return {key: reveal(item) for key, item in value.items()}
        case list():
            return [reveal(item) for item in value]
        case Secret() | Output():
            return reveal(value.value)
        case _:
            return value


def is_secret(value: Value) -> bool:
    """Return whether the value itself is a Secret or a secret Output."""
    return isinstance(value, Secret) or (isinstance(value, Output) and value.secret)


def contains_unknown(value: Value) -> bool:
    """Return whether UNKNOWN is anywhere inside."""
    match value:
        case dict():
            return any(contains_unknown(item) for item in value.values())
        case list():
            return any(contains_unknown(item) for item in value)
        case Secret() | Output():
            return contains_unknown(value.value)
        case ResourceReference():
            return value.id is UNKNOWN
        case _:
            return value is UNKNOWN


def contains_secret(value: Value) -> bool:
    """Return whether a Secret or a secret Output is anywhere inside."""
    match value:
        case dict():
            return any(contains_secret(item) for item in value.values())
        case list():
            return any(contains_secret(item) for item in value)
        case Secret():
            return True
        case Output():
            return value.secret or contains_secret(value.value)
        case _:
            return False


def secret_strings(value: Value, *, inside: bool = False) -> Iterator[str]:
    """Yield every string under a Secret or a secret Output; `inside` says that `value` itself already is."""
    match value:
        case dict():
            for item in value.values():
                yield from secret_strings(item, inside=inside)
        case list():
            for item in value:
                yield from secret_strings(item, inside=inside)
        case Secret():
            yield from secret_strings(value.value, inside=True)
        case Output():
            yield from secret_strings(value.value, inside=inside or value.secret)
        case str() if inside:
            yield value
        case Asset() if inside and value.text:
            yield value.text
        case _:
            return
