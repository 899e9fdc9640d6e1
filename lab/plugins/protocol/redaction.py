"""Keeping secret values out of sentences and log lines."""

__all__ = ["Redactor"]

import base64
import json
from collections.abc import Iterable

from lab.plugins.protocol.values import Value, secret_strings

_PLACEHOLDER = "[secret]"
# Shorter ones ("on", "1") would tear holes into every sentence and protect nothing.
_SHORTEST = 4


class Redactor:
    """Replaces the secrets found in some values, in whatever form they may appear, by "[secret]"."""

    def __init__(self, *values: Value) -> None:
        found: set[str] = set()
        for value in values:
            for secret in secret_strings(value):
                found.update(_parts(secret))
        self._secrets = sorted(found, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _PLACEHOLDER)
        return text


def _parts(secret: str) -> Iterable[str]:
    """Return the forms a secret may appear in: whole, line by line, quoted, and as base64 (the form in a manifest)."""
    whole = {secret, secret.strip(), *(line.strip() for line in secret.splitlines())}
    long_enough = {part for part in whole if len(part) >= _SHORTEST}
    quoted = {json.dumps(part, ensure_ascii=False)[1:-1] for part in long_enough}
    encoded = {base64.b64encode(part.encode()).decode() for part in long_enough}
    return long_enough | quoted | encoded
