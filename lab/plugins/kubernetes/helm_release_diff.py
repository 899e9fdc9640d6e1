"""What an update of a release would change, judged by old inputs, new inputs and the state."""

__all__ = ["compare_release"]

from collections.abc import Iterator
from typing import Any

from lab.plugins.protocol.paths import PathSegment, format_path
from lab.plugins.protocol.results import DiffKind, PropertyChange
from lab.plugins.protocol.values import UNKNOWN, Properties, reveal

_Path = tuple[PathSegment, ...]
_REPLACING = frozenset({"name", "namespace"})
_MISSING: Any = object()


def compare_release(old_inputs: Properties, news: Properties, state: Properties) -> dict[str, PropertyChange]:
    """Return the changes by property path: a new input that is not what the state has, or an old one that is gone.

    Comparing with the state rather than with the old inputs is what notices a release changed by someone else. A new
    name or namespace replaces the release.
    """
    lines: dict[str, PropertyChange] = {}
    for path, kind in _map((), reveal(old_inputs), reveal(news), reveal(state), nested=False):
        replacing = len(path) == 1 and path[0] in _REPLACING
        lines[format_path(path)] = PropertyChange(kind.as_replace() if replacing else kind, kind is DiffKind.DELETE)
    return lines


def _map(path: _Path, old: Any, new: Any, live: Any, *, nested: bool) -> Iterator[tuple[_Path, DiffKind]]:  # noqa: ANN401
    before = old if isinstance(old, dict) else {}
    for key, value in new.items():
        yield from _value((*path, key), before.get(key, _MISSING), value, live.get(key, _MISSING))
    for key in before.keys() - new.keys():
        # In a list, what the state has beyond the inputs came from elsewhere and is not ours to remove.
        if key in live or not nested:
            yield (*path, key), DiffKind.DELETE


def _value(path: _Path, old: Any, new: Any, live: Any) -> Iterator[tuple[_Path, DiffKind]]:  # noqa: ANN401
    if live is _MISSING:
        yield path, DiffKind.ADD
    elif new is UNKNOWN:
        yield path, DiffKind.UPDATE
    elif isinstance(new, dict) and isinstance(live, dict):
        yield from _map(path, old, new, live, nested=any(isinstance(step, int) for step in path))
    elif isinstance(new, list) and isinstance(live, list):
        yield from _list(path, old, new, live)
    elif type(new) is not type(live) and (isinstance(new, bool) or isinstance(live, bool)):
        yield path, DiffKind.UPDATE
    elif new is None and live is not None:
        yield path, DiffKind.DELETE
    elif new != live:
        yield path, DiffKind.UPDATE


def _list(path: _Path, old: Any, new: list[Any], live: list[Any]) -> Iterator[tuple[_Path, DiffKind]]:  # noqa: ANN401
    before = old if isinstance(old, list) else []
    for index, value in enumerate(new):
        here = (*path, index)
        if index >= len(live):
            yield here, DiffKind.ADD
        else:
            yield from _value(here, before[index] if index < len(before) else _MISSING, value, live[index])
    for index in range(len(new), len(live)):
        yield (*path, index), DiffKind.DELETE
