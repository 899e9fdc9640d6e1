"""What a saved home says about itself."""

__all__ = ["FORMAT", "Manifest"]

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

FORMAT: Final = 1
"""Raised when an older program could not restore what a newer one saved."""


class Manifest(BaseModel):
    """Where a saved home is from, and what its content must be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    server: str
    workspace: str
    """`owner/name`."""

    template: str
    template_version: str
    created_at: datetime
    excluded: tuple[str, ...] = ()
    """Patterns of what was left out."""

    program: str
    """Version of the program that saved it."""

    correlation_id: str
    size: int
    """Bytes of the content."""

    sha256: str
    """Of the content."""
