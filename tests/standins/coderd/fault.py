"""Faults the stand-in can be told to make: what proxies, restarts and limits do to a client."""

__all__ = ["Fault"]

import re
from dataclasses import dataclass, field


@dataclass
class Fault:
    """What happens, `times` times, to requests of this method whose path matches the pattern.

    `kind`: `status` (an answer in Coder's form), `proxy` (an answer of somebody else, HTML), `drop` (the connection is
    closed before the server acts), `drop-after` (it acts, then closes without an answer), `truncate` (it acts, and
    closes in the middle of the answer), `slow` (it acts, and takes `seconds` to answer).
    """

    method: str
    pattern: str
    kind: str
    times: int = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "a fault of the stand-in"
    seconds: float = 0.0
    after: int = 0
    """So many matching requests pass before the first fault."""

    def strikes(self, method: str, path: str) -> bool:
        """Say whether this request is hit, and count it."""
        if self.times == 0 or method != self.method or re.fullmatch(self.pattern, path) is None:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True
