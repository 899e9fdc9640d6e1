"""Coder's rate limits, kept on our side: a client that waits is better than one that is refused."""

__all__ = ["RateLimiter", "limit_for"]

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_WINDOW_SECONDS: Final = 60.0
_MARGIN_SECONDS: Final = 0.1
"""The server's window need not begin with ours."""

_UPLOADS: Final = 12
_LOGINS: Final = 60
_REQUESTS: Final = 512


def limit_for(method: str, path: str) -> tuple[str, int]:
    """Return the bucket a request counts in, and how many the server takes in a minute (its defaults)."""
    if path == "/api/v2/files" and method == "POST":
        return "files", _UPLOADS
    if path == "/api/v2/users/login":
        return "login", _LOGINS
    # The server counts each route apart; GETs of one route are what polling does.
    return f"{method} {path}", _REQUESTS


@dataclass
class RateLimiter:
    """Lets so many requests of a bucket through in a sliding minute, and waits before the next one."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _sent: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, method: str, path: str) -> None:
        """Wait until this request may go out, and count it."""
        bucket, limit = limit_for(method, path)
        sent = self._sent.setdefault(bucket, deque())
        self._forget_old(sent)
        if len(sent) >= limit:
            self.sleep(sent[0] + _WINDOW_SECONDS + _MARGIN_SECONDS - self.clock())
            self._forget_old(sent)
        sent.append(self.clock())

    def _forget_old(self, sent: deque[float]) -> None:
        while sent and self.clock() - sent[0] > _WINDOW_SECONDS:
            sent.popleft()
