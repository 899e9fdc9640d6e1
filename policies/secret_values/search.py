"""Whether text holds a secret, by its name, its shape, or its randomness; also under base64."""

__all__ = ["layers", "secret_in"]

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from policies.secret_values.names import assigned_secret, names_secret, refers, stands_in
from policies.secret_values.randomness import has_random_key
from policies.secret_values.shapes import shape_in

_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/=])")
_DEPTH: Final = 3
# DER: a certificate is a sequence that begins with a sequence, a private key one that begins with its version.
_DER: Final = b"\x30\x82"
_DER_SEQUENCE: Final = b"\x30"
_DER_VERSION: Final = b"\x02\x01"
_PRIVATE: Final = "-----BEGIN PRIVATE KEY-----"
_LONGEST: Final = 4096


def secret_in(text: str, name: str = "", *, is_variable: bool = False) -> str | None:
    """Return what the text looks like, to follow "looks like", or None if it looks like no secret.

    `name` is what the text is called; for an environment variable every such name counts, for a property only one
    whose value is no reference to another object.
    """
    if len(text) > _LONGEST:
        return _found(text, name, is_variable)
    return _remembered(str(text), name, is_variable)


def layers(text: str) -> Iterator[str]:
    """Yield the text, then the same with what was encoded in base64 in clear, as often as something was.

    Certificates in base64 are left out.
    """
    yield text
    for _ in range(_DEPTH):
        inner = _BASE64.sub(lambda found: _opened(found[0]), text)
        if inner == text:
            return
        text = inner
        yield text


@lru_cache(maxsize=16384)
def _remembered(text: str, name: str, is_variable: bool) -> str | None:  # noqa: FBT001 - a part of the key
    return _found(text, name, is_variable)


def _found(text: str, name: str, is_variable: bool) -> str | None:  # noqa: FBT001 - passed on
    if (
        names_secret(name, any_key=is_variable)
        and not stands_in(text, name)
        and (is_variable or not refers(text, name))
    ):
        return "one, going by its name"
    plain = text
    for plain in layers(text):
        shape = shape_in(plain)
        if shape is not None:
            return shape
    if assigned_secret(plain):
        return "one with its name"
    return "a random key" if has_random_key(plain) else None


def _opened(run: str) -> str:
    try:
        content = base64.b64decode(run + "=" * (-len(run) % 4), validate=True)
    except (binascii.Error, ValueError):
        return run
    if content.startswith(_DER):
        inside = content[4:]
        return " " if inside.startswith(_DER_SEQUENCE) else _PRIVATE if inside.startswith(_DER_VERSION) else run
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return run
    return text if all(sign.isprintable() or sign.isspace() for sign in text) else run
