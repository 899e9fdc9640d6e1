"""Encryption of Secrets at rest: a generated key and the API server's settings for it."""

__all__ = ["build_encryption_configuration", "ensure_encryption_key"]

import base64
import binascii
import secrets
from pathlib import Path
from typing import Any

from core.errors import SptFlowError
from lab.cluster.stored_file import write_if_changed

_KEY_BYTES = 32
"""What secretbox (XSalsa20 and Poly1305) takes."""


def ensure_encryption_key(path: Path) -> str:
    """Return the base64 key kept in `path` (0600), made when there is none.

    A damaged key is an error, never replaced: what it encrypted could not be read any more.
    """
    if not path.exists():
        write_if_changed(path, base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n", mode=0o600)
    key = path.read_text(errors="replace").strip()
    try:
        length = len(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if length != _KEY_BYTES:
        raise SptFlowError(
            f"The key of the lab's Secrets, {path}, is damaged: it must be {_KEY_BYTES} bytes in base64.",
            next_command="make down, then make up, for a lab with a new key",
        )
    return key


def build_encryption_configuration(key: str) -> dict[str, Any]:
    """Return the EncryptionConfiguration: Secrets are written with `key`, older clear ones can still be read."""
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [
            {
                "resources": ["secrets"],
                "providers": [{"secretbox": {"keys": [{"name": "key1", "secret": key}]}}, {"identity": {}}],
            }
        ],
    }
