"""What the engine keeps of an object: the live object, the inputs it came from, and this plugin's own notes."""

__all__ = ["FIELD_MANAGER", "INITIAL_API_VERSION", "INPUTS", "Checkpoint", "compose", "mark_secrets", "read"]

import copy
from dataclasses import dataclass

from lab.plugins.kubernetes.manifest import Manifest, to_manifest, to_properties
from lab.plugins.protocol.values import Properties, Secret, Value, contains_secret, reveal

INPUTS = "__inputs"
INITIAL_API_VERSION = "__initialApiVersion"
FIELD_MANAGER = "__fieldManager"
_OWN_KEYS = frozenset({INPUTS, INITIAL_API_VERSION, FIELD_MANAGER})


@dataclass(frozen=True)
class Checkpoint:
    """An object as it stood after the last operation; `field_manager` is "" where none was noted."""

    inputs: Manifest
    live: Manifest
    initial_api_version: str
    field_manager: str


def mark_secrets(outputs: Properties, inputs: Properties) -> Properties:
    """Return `outputs` with the secrecy of `inputs`: field by field in mappings, a list with one secret as a whole.

    The data of a Secret is secret whatever the inputs say.
    """
    result = dict(outputs)
    if result.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if key in result:
                result[key] = _as_secret(result[key])
        return result
    for key, given in inputs.items():
        if key in result:
            result[key] = _mark(result[key], given)
    return result


def _mark(output: Value, given: Value) -> Value:
    if isinstance(output, dict) and isinstance(given, dict):
        return mark_secrets(output, given)
    return _as_secret(output) if contains_secret(given) else output


def _as_secret(value: Value) -> Value:
    return value if isinstance(value, Secret) else Secret(reveal(value))


def compose(inputs: Manifest, live: Manifest, secrecy: Properties, *, api_version: str, manager: str) -> Properties:
    """Return the outputs of an object: `live`, with `inputs` and notes under names of this plugin's own.

    `secrecy` are properties shaped like the inputs whose Secret values mark the same places in the outputs.
    """
    outputs = mark_secrets(to_properties(live), secrecy)
    outputs[INPUTS] = mark_secrets(to_properties(inputs), secrecy)
    outputs[INITIAL_API_VERSION] = api_version
    outputs[FIELD_MANAGER] = manager
    return outputs


def read(outputs: Properties) -> Checkpoint:
    """Return what `compose` put together; outputs written by other versions of the plugin may lack parts."""
    live = to_manifest({key: value for key, value in outputs.items() if key not in _OWN_KEYS})
    inputs = reveal(outputs.get(INPUTS))
    return Checkpoint(
        inputs=to_manifest(inputs) if isinstance(inputs, dict) else {},
        live=copy.deepcopy(live),
        initial_api_version=str(reveal(outputs.get(INITIAL_API_VERSION)) or ""),
        field_manager=str(reveal(outputs.get(FIELD_MANAGER)) or ""),
    )
