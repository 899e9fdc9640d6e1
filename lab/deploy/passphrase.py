"""The passphrase that encrypts the lab's state: generated once, kept in a file only its owner reads."""

__all__ = ["ensure_passphrase"]

import os
import secrets
from pathlib import Path

from core.errors import SptFlowError

_BYTES = 32


def ensure_passphrase(path: Path, *, state_exists: bool) -> Path:
    """Return the file with the passphrase, making it if this is the first run.

    With a state but no passphrase nothing is made: a new one could not open that state's secrets.
    """
    if path.exists():
        if not path.read_text(encoding="utf-8").strip():
            raise SptFlowError(
                f"The passphrase file {path} is empty; it must hold the passphrase the state was encrypted with.",
                next_command="put the passphrase back, or make down YES=1 && make up to start afresh",
            )
        return path
    if state_exists:
        raise SptFlowError(
            f"The state is there but its passphrase file {path} is missing; without it the state cannot be opened.",
            next_command="put the passphrase back, or make down YES=1 && make up to start afresh",
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(_BYTES))
    return path
