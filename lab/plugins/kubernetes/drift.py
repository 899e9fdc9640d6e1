"""What a refresh finds: the inputs that would produce the live object, in the program's own spelling where they do."""

__all__ = ["inputs_of_unknown_origin", "refreshed_inputs", "without_dropped"]

import copy
from typing import Any

from lab.plugins.kubernetes.annotations import LAST_APPLIED
from lab.plugins.kubernetes.manifest import Manifest

_MISSING: Any = object()
_SERVER_METADATA = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_REVISION = "deployment.kubernetes.io/revision"
_OUTPUT_ONLY = frozenset({"status"})


def refreshed_inputs(inputs: Manifest, recorded: Manifest, live: Manifest) -> Manifest:
    """Return `inputs` with the values that changed in the cluster since the object was recorded.

    A field whose live value is still the recorded one keeps the program's spelling, whatever the server made of it
    (`1000m` for `1`, a `false` it leaves out). A field that changed takes the live value; one that vanished, vanishes.
    Fields the program never set are not its inputs.
    """
    return {key: folded for key in inputs if (folded := _fold_key(key, inputs, recorded, live)) is not _MISSING}


def _fold_key(key: str, inputs: Manifest, recorded: Manifest, live: Manifest) -> Any:  # noqa: ANN401 - any value
    return _fold(inputs[key], recorded.get(key, _MISSING), live.get(key, _MISSING))


def _fold(given: Any, recorded: Any, live: Any) -> Any:  # noqa: ANN401 - any value
    if recorded is live or (recorded is not _MISSING and recorded == live):
        return copy.deepcopy(given)
    if live is _MISSING:
        return _MISSING
    if isinstance(given, dict) and isinstance(live, dict):
        return refreshed_inputs(given, recorded if isinstance(recorded, dict) else {}, live)
    if isinstance(given, list) and isinstance(live, list):
        before = recorded if isinstance(recorded, list) else []
        return [
            _fold(item, before[index] if index < len(before) else _MISSING, live[index])
            for index, item in enumerate(given[: len(live)])
        ]
    return copy.deepcopy(live)


def inputs_of_unknown_origin(live: Manifest) -> Manifest:
    """Return inputs that describe an object no program has described yet: all but what only the server sets."""
    inputs = copy.deepcopy({key: value for key, value in live.items() if key not in _OUTPUT_ONLY})
    metadata = inputs.get("metadata")
    if isinstance(metadata, dict):
        for key in _SERVER_METADATA:
            metadata.pop(key, None)
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            for key in (_REVISION, LAST_APPLIED):
                annotations.pop(key, None)
            if not annotations:
                del metadata["annotations"]
    return inputs


def without_dropped(inputs: Any, before: Any, live: Any) -> Any:  # noqa: ANN401 - any value
    """Return `inputs` without the empty values that the server drops: those in the inputs `before`, but not in `live`.

    Sent again they would look like a change from nothing to empty, which some fields forbid.
    """
    if isinstance(inputs, dict) and isinstance(before, dict) and isinstance(live, dict):
        return {
            key: without_dropped(value, before.get(key, _MISSING), live.get(key, _MISSING))
            for key, value in inputs.items()
            if value or key in live or before.get(key, _MISSING) != value
        }
    lists = all(isinstance(value, list) for value in (inputs, before, live))
    if lists and len(inputs) == len(before) == len(live):
        return [without_dropped(*items) for items in zip(inputs, before, live, strict=True)]
    return inputs
