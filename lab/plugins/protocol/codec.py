"""Properties to and from the protobuf Struct of Pulumi's wire format.

Plain values are JSON. What JSON lacks is marked: unknowns are well-known strings, everything else is an object with a
signature under a well-known key. Numbers are doubles on the wire; integral ones become int here.
"""

__all__ = ["decode", "decode_value", "encode", "encode_value"]

import math
from collections.abc import Callable, Mapping
from typing import Final

from google.protobuf import struct_pb2

from core.errors import SptFlowError
from lab.plugins.protocol.values import (
    UNKNOWN,
    Archive,
    Asset,
    Output,
    Properties,
    ResourceReference,
    Secret,
    Value,
    contains_unknown,
)

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature of the wire format
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

_UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# One for each type the value will have; the engine only ever needs the one for strings back.
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def decode(struct: struct_pb2.Struct) -> Properties:
    """Return the properties of a Struct."""
    return {key: decode_value(value) for key, value in struct.fields.items()}


def decode_value(value: struct_pb2.Value) -> Value:
    """Return one value; raise SptFlowError when its signature is not known."""
    match value.WhichOneof("kind"):
        case "string_value":
            text = value.string_value
            return UNKNOWN if text in _UNKNOWNS else text
        case "number_value":
            return _number(value.number_value)
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [decode_value(item) for item in value.list_value.values]
        case "struct_value":
            properties = decode(value.struct_value)
            signature = properties.pop(_SIGNATURE, None)
            return properties if signature is None else _decode_special(signature, properties)
        case _:
            return None


def encode(properties: Mapping[str, Value], *, keep_secrets: bool = True) -> struct_pb2.Struct:
    """Return properties as a Struct; without `keep_secrets` (an engine that does not take them) they go bare."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _fill(struct.fields[key], value, keep_secrets=keep_secrets)
    return struct


def encode_value(value: Value, *, keep_secrets: bool = True) -> struct_pb2.Value:
    """Return one value in wire form; raise SptFlowError for a Python type that has none."""
    target = struct_pb2.Value()
    _fill(target, value, keep_secrets=keep_secrets)
    return target


def _number(number: float) -> int | float:
    return int(number) if math.isfinite(number) and number.is_integer() else number


def _decode_special(signature: Value, body: Properties) -> Value:
    match signature:
        case str() if signature == _SECRET:
            return Secret(body.get("value"))
        case str() if signature == _OUTPUT:
            known = body.get("value", UNKNOWN)
            return Output(known, bool(body.get("secret", False)), tuple(body.get("dependencies") or ()))
        case str() if signature == _ASSET:
            return Asset(body.get("hash") or "", body.get("text"), body.get("path"), body.get("uri"))
        case str() if signature == _ARCHIVE:
            return Archive(body.get("hash") or "", body.get("assets"), body.get("path"), body.get("uri"))
        case str() if signature == _RESOURCE:
            return ResourceReference(body.get("urn") or "", body.get("id"), body.get("packageVersion") or "")
        case _:
            raise SptFlowError(f"The engine sent a value of a kind this plugin does not know: signature '{signature}'.")


def _fill(target: struct_pb2.Value, value: Value, *, keep_secrets: bool) -> None:  # noqa: C901 - one arm a type
    match value:
        case None:
            target.null_value = struct_pb2.NULL_VALUE
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case Mapping():
            target.struct_value.SetInParent()
            for key, item in value.items():
                _fill(target.struct_value.fields[key], item, keep_secrets=keep_secrets)
        case list() | tuple():
            target.list_value.SetInParent()
            for item in value:
                _fill(target.list_value.values.add(), item, keep_secrets=keep_secrets)
        case _ if value is UNKNOWN:
            target.string_value = _UNKNOWN_STRING
        case Secret() if not keep_secrets:
            _fill(target, value.value, keep_secrets=False)
        case _:
            _fill(target, _encode_special(value), keep_secrets=keep_secrets)


def _encode_special(value: Value) -> Properties:
    form = _FORMS.get(type(value))
    if form is None:
        raise SptFlowError(f"A value of type '{type(value).__name__}' has no form in Pulumi's wire format.")
    signature, fields = form
    return {_SIGNATURE: signature, **fields(value)}


def _output_fields(value: Output) -> Properties:
    fields: Properties = {} if contains_unknown(value.value) else {"value": value.value}
    if value.secret:
        fields["secret"] = True
    if value.dependencies:
        fields["dependencies"] = list(value.dependencies)
    return fields


def _content_fields(value: Asset | Archive) -> Properties:
    content = (
        {"text": value.text, "path": value.path, "uri": value.uri}
        if isinstance(value, Asset)
        else {"assets": value.assets, "path": value.path, "uri": value.uri}
    )
    return {"hash": value.hash, **{key: item for key, item in content.items() if item is not None}}


def _reference_fields(value: ResourceReference) -> Properties:
    fields: Properties = {"urn": value.urn}
    if value.id is not None:
        fields["id"] = value.id
    if value.package_version:
        fields["packageVersion"] = value.package_version
    return fields


_FORMS: Final[dict[type, tuple[str, Callable[[Value], Properties]]]] = {
    Secret: (_SECRET, lambda value: {"value": value.value}),
    Output: (_OUTPUT, _output_fields),
    Asset: (_ASSET, _content_fields),
    Archive: (_ARCHIVE, _content_fields),
    ResourceReference: (_RESOURCE, _reference_fields),
}
