"""What a version was made of, written into its message, so that a push can see that nothing changed."""

__all__ = ["Fingerprint", "VersionNote", "content_fingerprint"]

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SHORT: Final = 8
_NOTE: Final = re.compile(r"^content: sha256:([0-9a-f]{64})$", re.MULTILINE)
_SMOKE: Final = re.compile(r"^smoke: (\w+)$", re.MULTILINE)
_PENDING: Final = "pending"


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 over a template's files and variables, hexadecimal."""

    value: str

    @property
    def short(self) -> str:
        """Return the eight digits that names are made with."""
        return self.value[:_SHORT]


def content_fingerprint(archive_sha256: str, variables: Mapping[str, str]) -> Fingerprint:
    """Return the fingerprint of an archive pushed with these variables.

    It is readable by everybody who sees the template, and variables may be secrets: they go through scrypt, so that
    guessing them from the fingerprint costs 16 MiB and tens of milliseconds a guess.
    """
    digest = hashlib.sha256(archive_sha256.encode())
    if variables:
        values = json.dumps(dict(variables), sort_keys=True).encode()
        digest.update(hashlib.scrypt(values, salt=archive_sha256.encode(), n=2**14, r=8, p=1))
    return Fingerprint(digest.hexdigest())


@dataclass(frozen=True)
class VersionNote:
    """The message of a version that we pushed: where it came from, its fingerprint, and what its smoke test said."""

    source: str
    """The name pushed under, such as a git revision."""
    fingerprint: Fingerprint
    smoke_pending: bool

    def text(self) -> str:
        """Return the message."""
        smoke = _PENDING if self.smoke_pending else "passed"
        return f"Pushed by spt-flow from {self.source}.\ncontent: sha256:{self.fingerprint.value}\nsmoke: {smoke}"

    @staticmethod
    def matches(message: str, fingerprint: Fingerprint) -> bool:
        """Say whether a version with this message has this content."""
        found = _NOTE.search(message)
        return found is not None and found[1] == fingerprint.value

    @staticmethod
    def is_pending(message: str) -> bool:
        """Say whether a version with this message has not come through its smoke test."""
        found = _SMOKE.search(message)
        return found is not None and found[1] == _PENDING
