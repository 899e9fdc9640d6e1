"""What a stand-in answers a request with."""

__all__ = ["Answer"]

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status and JSON of an answer."""

    status: int
    body: Any = None
