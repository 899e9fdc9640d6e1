"""Putting what does not belong there into every place of a resource's properties."""

__all__ = ["GARBAGE", "Path", "is_related", "places", "with_value"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

Path = tuple[str | int, ...]


def _nested(depth: int) -> Any:  # noqa: ANN401 - any JSON value
    value: Any = []
    for level in range(depth):
        value = [value] if level % 2 else {"items": value}
    return value


_DEPTH: Final = 40
"""Protobuf's JSON form, which the engine speaks, ends at 100 levels; the place itself has some."""

GARBAGE: Final[Mapping[str, Any]] = {
    "null": None,
    "empty text": "",
    "text": "none of these",
    "unicode": "\uff4c\uff41\uff54\u202e\x00e\u0301",
    "number as text": "1",
    "zero": 0,
    "one": 1,
    "negative": -1,
    "fraction": 0.5,
    "huge": 1e300,
    "huge as text": "9" * 400,
    "exponent": "1e999999999999",
    "true": True,
    "false as text": "false",
    "empty list": [],
    "list": ["none", None, {}, 1],
    "empty object": {},
    "object": {"none": {"of": ["these"]}},
    "deep": _nested(_DEPTH),
}
"""What may stand where something else should, by a name for it."""


def places(value: Any, here: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any JSON value
    """Yield the path to everything inside a value, outer places first."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield (*here, key)
        yield from places(child, (*here, key))


def with_value(props: Any, path: Path, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the properties with another value in one place; what is not on the way is shared."""
    if not path:
        return value
    first, *rest = path
    changed = list(props) if isinstance(props, list) else dict(props)
    changed[first] = with_value(props[first], tuple(rest), value)  # type: ignore[index] # a list's index or an object's key
    return changed


def is_related(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """Say whether one of two paths leads to, or through, the place of the other."""
    return all(str(left) == str(right) for left, right in zip(one, other, strict=False))
