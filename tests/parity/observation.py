"""What a run of the engine showed, freed of what must differ between any two runs."""

__all__ = ["Observation", "Resource", "observe"]

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.automation.events import EngineEvent

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature of the wire format
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_HIDDEN = "[secret]"
_AUTONAME = re.compile(r"-[0-9a-f]{8}\b")
# Whose field is whose is compared by manager; the field lists below follow from it and from the time of writing.
_OPAQUE = frozenset({"managedFields"})


@dataclass
class Resource:
    """One resource in the state: ID, paths of outputs and inputs, which are secret, whether it has init errors."""

    id: str
    outputs: frozenset[str]
    inputs: frozenset[str]
    secrets: frozenset[str]
    init_errors: bool


@dataclass
class Observation:
    """One step: did it succeed; operations and detailed diffs by resource; previewed outputs; the state after it."""

    succeeded: bool
    operations: dict[str, list[str]] = field(default_factory=dict)
    details: dict[str, dict[str, str]] = field(default_factory=dict)
    previewed: dict[str, dict[str, str]] = field(default_factory=dict)
    state: dict[str, Resource] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)


def observe(
    events: list[EngineEvent], deployment: Mapping[str, Any], namespace: str, *, succeeded: bool, preview: bool
) -> Observation:
    """Put together what the engine said during a run and what it kept after it; outputs are those of a preview only."""
    seen = Observation(succeeded)
    for event in events:
        if event.resource_pre_event is not None:
            _note_operation(seen, event.resource_pre_event.metadata, namespace)
        if preview and event.res_outputs_event is not None:
            metadata = event.res_outputs_event.metadata
            if metadata.new is not None and metadata.op not in {"delete", "read"}:
                leaves = dict(_previewed((), metadata.new.outputs or {}))
                seen.previewed[_resource_name(metadata.urn, namespace)] = {
                    _plain(path, namespace): what for path, what in leaves.items()
                }
        if event.diagnostic_event is not None and event.diagnostic_event.severity in {"error", "warning"}:
            seen.messages.append(_plain(event.diagnostic_event.message.strip(), namespace))
    for kept in deployment.get("resources") or []:
        if kept.get("custom") and not str(kept["type"]).startswith("pulumi:providers:"):
            name = _resource_name(kept["urn"], namespace) + (" (to delete)" if kept.get("delete") else "")
            seen.state[name] = _resource(kept, namespace)
    return seen


def _note_operation(seen: Observation, metadata: Any, namespace: str) -> None:  # noqa: ANN401 - untyped in the SDK
    if metadata.type.startswith(("pulumi:pulumi:", "pulumi:providers:")):
        return
    name = _resource_name(metadata.urn, namespace)
    seen.operations.setdefault(name, []).append(str(getattr(metadata.op, "value", metadata.op)))
    for path, change in (metadata.detailed_diff or {}).items():
        kind = getattr(change.diff_kind, "value", change.diff_kind)
        seen.details.setdefault(name, {})[_plain(path, namespace)] = str(kind)


def _resource_name(urn: str, namespace: str) -> str:
    kind, name = urn.split("::")[2:4]
    return _plain(f"{kind.split('$')[-1].removeprefix('kubernetes:')}::{name}", namespace)


def _resource(kept: Mapping[str, Any], namespace: str) -> Resource:
    outputs = list(_leaves((), kept.get("outputs") or {}))
    inputs = list(_leaves((), kept.get("inputs") or {}))
    return Resource(
        id=_AUTONAME.sub("-AUTONAME", _plain(str(kept.get("id", "")), namespace)),
        outputs=frozenset(_plain(path, namespace) for path, _ in outputs),
        inputs=frozenset(_plain(path, namespace) for path, _ in inputs),
        secrets=frozenset(_plain(path, namespace) for path, secret in outputs if secret),
        init_errors=bool(kept.get("initErrors")),
    )


def _plain(text: str, namespace: str) -> str:
    return text.replace(namespace, "NAMESPACE")


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401 - JSON
    """Yield the path of every leaf, and whether it is secret; what is in a secret cannot be seen."""
    if isinstance(value, dict) and value.get(_SIGNATURE) == _SECRET:
        yield ".".join(path), True
    elif path and path[-1] in _OPAQUE:
        yield ".".join(path), False
    elif isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves((*path, key), item)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves((*path, str(index)), item)
    else:
        yield ".".join(path), False


def _previewed(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    if path and path[-1] in _OPAQUE:
        yield ".".join(path), "known"
    elif isinstance(value, dict) and value and _SIGNATURE not in value:
        for key, item in value.items():
            yield from _previewed((*path, key), item)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _previewed((*path, str(index)), item)
    else:
        unknown = value == _UNKNOWN
        secret = value == _HIDDEN or (isinstance(value, dict) and _SIGNATURE in value)
        yield ".".join(path), "unknown" if unknown else "secret" if secret else "known"
