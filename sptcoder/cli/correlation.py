"""The id that ties together what one command asked of the server, what the server logged, and what was shown."""

__all__ = ["CORRELATION_VARIABLE", "correlation_id"]

import os
import secrets
from functools import cache
from typing import Final

CORRELATION_VARIABLE: Final = "SPT_FLOW_CORRELATION_ID"
"""Environment variable with which a pipeline brings an id of its own."""


@cache
def correlation_id() -> str:
    """Return the id of this command; it is checked where it goes into a header."""
    return os.environ.get(CORRELATION_VARIABLE) or secrets.token_hex(16)
