"""Stand-ins for the sealed values of a stack file, so that its program can run where nobody has the passphrase."""

__all__ = ["PASSPHRASE", "SALT", "stand_in", "with_stand_ins"]

import base64
import functools
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from settings import GROUPS, PROJECT

PASSPHRASE: Final = "stand-in"  # noqa: S105 - it guards nothing
"""Opens the stand-ins; what is sealed with it is no secret."""

SALT: Final = "v1:rkS7XCdxljE=:v1:cQ5vMDCZpHkXKSfY:3OpahdG60B4zpdvfHhdN01ecXKB10g=="
"""The `encryptionsalt` that goes with it, as the engine itself wrote it."""

_SEALED: Final = "secure"
_TEXT: Final = "stand-in"
# What only a text of a certain shape may be, and has no example to take.
_SHAPED: Final = {
    "databaseUrl": "postgres://stand-in:stand-in@database.example.com:5432/coder?sslmode=verify-full",
    "connectCredentials": '{"stand-in": true}',
}
# The engine's passphrase provider: AES-256-GCM, its key from PBKDF2 with SHA-256.
_ROUNDS: Final = 1_000_000
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


def with_stand_ins(config: Mapping[str, object]) -> dict[str, object]:
    """Return the `config` of a stack file with each sealed value replaced; the sealed texts are not kept."""
    return {key: _replaced(value, stand_in(key)) for key, value in config.items()}


def stand_in(key: str) -> str:
    """Return a text that the setting of this full key takes in place of its secret."""
    name = key.removeprefix(f"{PROJECT}:")
    for group in GROUPS:
        fields = {to_camel(field): info for field, info in group.model_fields.items()}
        if name in fields:
            for candidate in (_SHAPED.get(name, _TEXT), *_examples(fields[name])):
                if _is_taken(group, name, candidate):
                    return candidate
    return _TEXT


def _examples(info: Any) -> Iterator[str]:  # noqa: ANN401 - pydantic's FieldInfo, whose default is anything
    yield from map(str, info.examples or ())
    yield str(info.default).lower() if isinstance(info.default, bool) else str(info.default)


def _is_taken(group: Any, name: str, value: str) -> bool:  # noqa: ANN401 - a class of settings
    try:
        group.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _replaced(value: object, text: str) -> object:
    if isinstance(value, Mapping):
        if set(value) == {_SEALED}:
            return {_SEALED: _seal(text)}
        return {key: _replaced(each, text) for key, each in value.items()}
    return [_replaced(each, text) for each in value] if isinstance(value, list) else value


def _seal(text: str) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key()).encrypt(nonce, text.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"


@functools.cache
def _key() -> bytes:
    salt = base64.b64decode(SALT.split(":")[1])
    return hashlib.pbkdf2_hmac("sha256", PASSPHRASE.encode(), salt, _ROUNDS, _KEY_BYTES)
