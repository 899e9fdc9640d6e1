"""The types of random values: inputs, rules between inputs, how to draw, and how to take over an existing value."""

__all__ = ["KINDS", "Kind"]

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.errors import SptFlowError
from lab.plugins.protocol.results import CheckFailure
from lab.plugins.protocol.values import UNKNOWN, Properties, Secret
from lab.plugins.random.characters import draw_string
from lab.plugins.random.draws import (
    Drawn,
    adopt_bytes,
    adopt_identifier,
    adopt_integer,
    bytes_value,
    character_rules,
    draw_integer,
    draw_pet,
    draw_shuffle,
    draw_uuid7,
    identifier_value,
    password_value,
    string_value,
    uuid_value,
)
from lab.plugins.random.inputs import Input


@dataclass(frozen=True)
class Kind:
    """A type of random value. `adopt` gets an import ID and returns inputs and value; None if it cannot be imported."""

    inputs: Mapping[str, Input]
    draw: Callable[[Properties], Drawn]
    outputs: Sequence[str]
    adopt: Callable[[str], tuple[Properties, Drawn]] | None = None
    check: Callable[[Properties], Sequence[CheckFailure]] = lambda _: ()
    derived: Callable[[Properties], Properties] = lambda _: {}
    secrets: frozenset[str] = field(default_factory=frozenset)

    def unknown_outputs(self) -> Properties:
        """Return what a preview knows of the outputs: nothing but which are secret."""
        return {name: Secret(UNKNOWN) if name in self.secrets else UNKNOWN for name in self.outputs}


_KEEPERS: Final = {"keepers": Input(dict)}
_CHARACTERS: Final = {
    **_KEEPERS,
    "length": Input(int, required=True, least=1),
    **{name: Input(bool, default=True) for name in ("lower", "special", "upper")},
    **{name: Input(int, default=0, least=0) for name in ("minLower", "minNumeric", "minSpecial", "minUpper")},
    "number": Input(bool),
    "numeric": Input(bool),
    "overrideSpecial": Input(str),
}
_CLASSES: Final = ("lower", "numeric", "special", "upper")
_MINIMA: Final = ("minLower", "minNumeric", "minSpecial", "minUpper")


def _same_numeric(inputs: Properties) -> Properties:
    """Return `number` (the old name) and `numeric` with the value of whichever is given."""
    given = inputs.get("numeric", inputs.get("number", True))
    return {"number": given, "numeric": given}


def _check_characters(inputs: Properties) -> list[CheckFailure]:
    failures = []
    number, numeric = inputs.get("number"), inputs.get("numeric")
    if isinstance(number, bool) and isinstance(numeric, bool) and number != numeric:
        failures.append(
            CheckFailure("number", "it differs from 'numeric'; 'number' is deprecated, use 'numeric' alone")
        )
    effective = inputs | _same_numeric(inputs)
    if all(effective.get(name) is False for name in _CLASSES):
        failures.append(CheckFailure("numeric", f"at least one of {', '.join(_CLASSES)} must be true"))
    length = inputs.get("length")
    minima = [value for name in _MINIMA if isinstance(value := inputs.get(name), int)]
    if isinstance(length, int) and length < sum(minima):
        reason = f"it is {length}, but must be at least the sum of {', '.join(_MINIMA)}"
        failures.append(CheckFailure("length", reason))
    return failures


def _check_integer(inputs: Properties) -> list[CheckFailure]:
    least, most = inputs.get("min"), inputs.get("max")
    if isinstance(least, int) and isinstance(most, int) and most < least:
        return [CheckFailure("max", f"it is {most}, but must be at least 'min', which is {least}")]
    return []


def _uuid_kind(draw: Callable[[], str]) -> Kind:
    def adopt(text: str) -> tuple[Properties, Drawn]:
        try:
            return {}, uuid_value(str(uuid.UUID(text)))
        except ValueError:
            raise SptFlowError(f"The import ID '{text}' is not a UUID.") from None

    return Kind(_KEEPERS, lambda _: uuid_value(draw()), ("id", "result"), adopt)


KINDS: Final[Mapping[str, Kind]] = {
    "random:index/randomBytes:RandomBytes": Kind(
        {**_KEEPERS, "length": Input(int, required=True, least=1)},
        lambda inputs: bytes_value(secrets.token_bytes(inputs["length"])),
        ("base64", "hex"),
        adopt_bytes,
        secrets=frozenset({"base64", "hex"}),
    ),
    "random:index/randomId:RandomId": Kind(
        {**_KEEPERS, "byteLength": Input(int, required=True, least=1), "prefix": Input(str)},
        lambda inputs: identifier_value(secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")),
        ("id", "b64Std", "b64Url", "dec", "hex"),
        adopt_identifier,
    ),
    "random:index/randomInteger:RandomInteger": Kind(
        {**_KEEPERS, "max": Input(int, required=True), "min": Input(int, required=True), "seed": Input(str)},
        draw_integer,
        ("id", "result"),
        adopt_integer,
        _check_integer,
    ),
    "random:index/randomPassword:RandomPassword": Kind(
        _CHARACTERS,
        lambda inputs: password_value(draw_string(character_rules(inputs))),
        ("id", "result", "bcryptHash"),
        lambda text: ({"length": len(text)}, password_value(text)),
        _check_characters,
        _same_numeric,
        frozenset({"result", "bcryptHash"}),
    ),
    "random:index/randomPet:RandomPet": Kind(
        {
            **_KEEPERS,
            "length": Input(int, default=2, least=1),
            "prefix": Input(str),
            "separator": Input(str, default="-"),
        },
        draw_pet,
        ("id",),
    ),
    "random:index/randomShuffle:RandomShuffle": Kind(
        {
            **_KEEPERS,
            "inputs": Input(list, required=True),
            "resultCount": Input(int, least=0),
            "seed": Input(str),
        },
        draw_shuffle,
        ("id", "results"),
    ),
    "random:index/randomString:RandomString": Kind(
        _CHARACTERS,
        lambda inputs: string_value(draw_string(character_rules(inputs))),
        ("id", "result"),
        lambda text: ({"length": len(text)}, string_value(text)),
        _check_characters,
        _same_numeric,
    ),
    "random:index/randomUuid:RandomUuid": _uuid_kind(lambda: str(uuid.UUID(bytes=secrets.token_bytes(16)))),
    "random:index/randomUuid4:RandomUuid4": _uuid_kind(lambda: str(uuid.uuid4())),
    "random:index/randomUuid7:RandomUuid7": _uuid_kind(draw_uuid7),
}
