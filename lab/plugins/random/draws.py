"""Drawing values, and taking over existing ones by an import ID."""

__all__ = [
    "Drawn",
    "adopt_bytes",
    "adopt_identifier",
    "adopt_integer",
    "bytes_value",
    "character_rules",
    "draw_integer",
    "draw_pet",
    "draw_shuffle",
    "draw_uuid7",
    "identifier_value",
    "password_value",
    "string_value",
    "uuid_value",
]

import base64
import binascii
import random
import secrets
import time
import uuid
from dataclasses import dataclass

from core.errors import SptFlowError
from lab.plugins.protocol.values import Properties, Secret, Value
from lab.plugins.random.characters import CharacterRules, bcrypt_hash
from lab.plugins.random.names import draw_name


@dataclass(frozen=True)
class Drawn:
    """A value: the resource's ID and what it puts out besides its inputs."""

    id: str
    outputs: Properties


def character_rules(inputs: Properties) -> CharacterRules:
    """Return the rules in a resource's completed inputs."""
    return CharacterRules(
        length=inputs["length"],
        lower=inputs["lower"],
        upper=inputs["upper"],
        numeric=inputs["numeric"],
        special=inputs["special"],
        min_lower=inputs["minLower"],
        min_upper=inputs["minUpper"],
        min_numeric=inputs["minNumeric"],
        min_special=inputs["minSpecial"],
        override_special=inputs.get("overrideSpecial") or "",
    )


def string_value(result: str) -> Drawn:
    """Return a string as it is put out; its ID is the string."""
    return Drawn(result, {"id": result, "result": result, "__meta": '{"schema_version":"2"}'})


def password_value(result: str) -> Drawn:
    """Return a password as it is put out, hidden, with its hash."""
    outputs = {
        "id": "none",
        "result": Secret(result),
        "bcryptHash": Secret(bcrypt_hash(result)),
        "__meta": '{"schema_version":"3"}',
    }
    return Drawn("none", outputs)


def bytes_value(data: bytes) -> Drawn:
    """Return bytes as they are put out, hidden, in two encodings; the ID is the base64 text."""
    encoded = base64.b64encode(data).decode()
    return Drawn(encoded, {"base64": Secret(encoded), "hex": Secret(data.hex())})


def identifier_value(data: bytes, prefix: str) -> Drawn:
    """Return bytes as an identifier in four encodings; the ID is the URL-safe one without the prefix."""
    url = base64.urlsafe_b64encode(data).decode().rstrip("=")
    outputs = {
        "id": url,
        "b64Std": prefix + base64.b64encode(data).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(data, "big")),
        "hex": prefix + data.hex(),
    }
    return Drawn(url, outputs)


def adopt_identifier(text: str) -> tuple[Properties, Drawn]:
    """Return inputs and value of the import ID `[prefix,]base64url`."""
    prefix, _, encoded = text.rpartition(",")
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise SptFlowError(f"The import ID '{text}' is not '<prefix>,<base64url>' or '<base64url>'.") from None
    inputs: Properties = {"byteLength": len(data), **({"prefix": prefix} if prefix else {})}
    return inputs, identifier_value(data, prefix)


def adopt_bytes(text: str) -> tuple[Properties, Drawn]:
    """Return inputs and value of an import ID in base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SptFlowError("The import ID is not base64.") from None
    return {"length": len(data)}, bytes_value(data)


def _integer(number: int) -> Drawn:
    """Return a number as it is put out."""
    return Drawn(str(number), {"id": str(number), "result": number})


def draw_integer(inputs: Properties) -> Drawn:
    """Return a number from `min` to `max`, both included."""
    return _integer(_source(inputs).randint(inputs["min"], inputs["max"]))


def adopt_integer(text: str) -> tuple[Properties, Drawn]:
    """Return inputs and value of the import ID `result,min,max[,seed]`."""
    result, least, most, *seed = text.split(",")[:4] if text.count(",") in {2, 3} else ("", "", "")
    try:
        inputs: Properties = {"min": int(least), "max": int(most), **({"seed": seed[0]} if seed else {})}
        return inputs, _integer(int(result))
    except ValueError:
        raise SptFlowError(f"The import ID '{text}' is not '<result>,<min>,<max>' with or without ',<seed>'.") from None


def draw_pet(inputs: Properties) -> Drawn:
    """Return a speakable name."""
    name = draw_name(inputs["length"], inputs["separator"])
    prefix = inputs.get("prefix")
    full = f"{prefix}{inputs['separator']}{name}" if prefix else name
    return Drawn(full, {"id": full})


def draw_shuffle(inputs: Properties) -> Drawn:
    """Return the inputs in random order, so many of them; each once before any repeats."""
    items: list[Value] = inputs["inputs"]
    count: int = inputs.get("resultCount", len(items))
    source = _source(inputs)
    results: list[Value] = []
    while items and len(results) < count:
        results += source.sample(items, len(items))
    return Drawn("-", {"id": "-", "results": results[:count]})


def _source(inputs: Properties) -> random.Random:
    """Return a source that repeats for the same `seed`; without one, the operating system's."""
    seed = inputs.get("seed")
    return random.Random(seed) if seed else secrets.SystemRandom()  # noqa: S311 - the user asked for a repeatable one


def uuid_value(text: str) -> Drawn:
    """Return a UUID as it is put out."""
    return Drawn(text, {"id": text, "result": text})


def draw_uuid7() -> str:
    """Return a UUID of version 7: 48 bits of milliseconds, then random ones."""
    milliseconds = time.time_ns() // 1_000_000
    bits = (milliseconds << 80) | secrets.randbits(80)
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    return str(uuid.UUID(int=bits & ~(0x3 << 62) | (0x2 << 62)))
