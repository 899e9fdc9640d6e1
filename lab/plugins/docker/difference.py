"""What counts as a change of an image: any input but the credentials."""

__all__ = ["image_diff"]

from lab.plugins.protocol.differ import same
from lab.plugins.protocol.results import DiffKind, DiffResult, PropertyChange
from lab.plugins.protocol.values import Properties, Value, reveal


def image_diff(old: Properties, new: Properties) -> DiffResult:
    """Return a line for each input that differs; none forces a replacement.

    Within `registry` only another server counts: credentials that are short-lived would build anew in every run.
    """
    before, after = reveal(_visible(old)), reveal(_visible(new))
    lines = {}
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            lines[name] = PropertyChange(DiffKind.ADD)
        elif name not in after:
            lines[name] = PropertyChange(DiffKind.DELETE)
        elif not _equal(name, before[name], after[name]):
            lines[name] = PropertyChange(DiffKind.UPDATE)
    return DiffResult(lines)


def _equal(name: str, before: Value, after: Value) -> bool:
    if name == "registry" and isinstance(before, dict) and isinstance(after, dict):
        servers = before.get("server"), after.get("server")
        return None in servers or same(*servers)
    return same(before, after)


def _visible(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if value is not None and not key.startswith("__")}
