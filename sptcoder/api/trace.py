"""Tracing: one correlation id a command, sent with each request next to a W3C trace context."""

__all__ = ["CORRELATION_HEADER", "Trace"]

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from core.errors import UsageError

CORRELATION_HEADER: Final = "X-Correlation-Id"
"""Request header with the correlation id, in clear and as given."""

_ALLOWED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")


def _new_id() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Trace:
    """The correlation id of a command; 32 hexadecimal digits, unless the caller brings an id of its own."""

    correlation_id: str = field(default_factory=_new_id)

    def __post_init__(self) -> None:
        if not _ALLOWED.fullmatch(self.correlation_id):
            raise UsageError(
                f"The correlation id '{self.correlation_id}' does not fit into a header: "
                "1 to 64 letters, digits, '.', '_' or '-' are allowed."
            )

    @property
    def trace_id(self) -> str:
        """Return the W3C trace id: the correlation id itself if it is one, else one derived from it."""
        plain = self.correlation_id.replace("-", "").lower()
        if _TRACE_ID.fullmatch(plain) and set(plain) != {"0"}:
            return plain
        return hashlib.sha256(self.correlation_id.encode()).hexdigest()[:32]

    def headers(self) -> dict[str, str]:
        """Return the headers of one request; each request is a span of its own (W3C Trace Context, level 1)."""
        span = secrets.token_hex(8)
        return {CORRELATION_HEADER: self.correlation_id, "traceparent": f"00-{self.trace_id}-{span}-01"}
