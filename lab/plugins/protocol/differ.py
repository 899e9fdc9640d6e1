"""Property-by-property comparison of two sets of values, the way Pulumi shows it."""

__all__ = ["diff_inputs", "same"]

from collections.abc import Callable, Iterator, Mapping

from lab.plugins.protocol.paths import PathSegment, format_path
from lab.plugins.protocol.results import DiffKind, PropertyChange
from lab.plugins.protocol.values import Archive, Asset, Output, Properties, Value, is_secret, reveal

_Line = tuple[tuple[PathSegment, ...], DiffKind]


def diff_inputs(
    old: Properties,
    new: Properties,
    *,
    replaces: Callable[[tuple[PathSegment, ...]], bool] = lambda _: False,
    input_diff: bool = True,
) -> dict[str, PropertyChange]:
    """Return what differs between two property sets, by property path.

    Dicts are compared by key and lists by index; a missing property and None are the same; an UNKNOWN differs from
    everything but UNKNOWN; a value that only became secret (or stopped being one) differs, so that the state is
    rewritten. Property names that start with `__` are Pulumi's own and left out. `replaces` gets the segments of a
    changed path and says whether that change forces a replacement; `input_diff` marks the lines as differences
    between inputs (else: between states).
    """
    visible_old, visible_new = _visible(old), _visible(new)
    return {
        format_path(path): PropertyChange(kind.as_replace() if replaces(path) else kind, input_diff)
        for path, kind in _compare_dicts((), visible_old, visible_new)
    }


def same(old: Value, new: Value) -> bool:
    """Return whether two values are equal to Pulumi: 1 is 1.0 but not True; assets are compared by hash."""
    return next(_compare((), old, new), None) is None


def _visible(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if not key.startswith("__")}


def _compare(path: tuple[PathSegment, ...], old: Value, new: Value) -> Iterator[_Line]:
    if old is None or new is None:
        if old is not new:
            yield path, DiffKind.ADD if old is None else DiffKind.DELETE
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _compare_dicts(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(path, old, new)
    elif not _equal(old, new):
        yield path, DiffKind.UPDATE


def _compare_dicts(
    path: tuple[PathSegment, ...], old: Mapping[str, Value], new: Mapping[str, Value]
) -> Iterator[_Line]:
    for key in sorted(old.keys() | new.keys()):
        yield from _compare((*path, key), old.get(key), new.get(key))


def _compare_lists(path: tuple[PathSegment, ...], old: list[Value], new: list[Value]) -> Iterator[_Line]:
    for index in range(max(len(old), len(new))):
        here = (*path, index)
        if index >= len(old):
            yield here, DiffKind.ADD
        elif index >= len(new):
            yield here, DiffKind.DELETE
        else:
            yield from _compare(here, old[index], new[index])


def _equal(old: Value, new: Value) -> bool:
    old_secret, new_secret = is_secret(old), is_secret(new)
    if old_secret or new_secret:
        return old_secret == new_secret and same(reveal(old), reveal(new))
    old, new = _unwrap(old), _unwrap(new)
    if isinstance(old, Asset | Archive) and isinstance(new, Asset | Archive):
        return type(old) is type(new) and (old.hash == new.hash if old.hash and new.hash else old == new)
    if isinstance(old, bool) != isinstance(new, bool):
        return False
    return bool(old == new)


def _unwrap(value: Value) -> Value:
    return reveal(value) if isinstance(value, Output) else value
