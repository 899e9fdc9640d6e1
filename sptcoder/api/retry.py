"""Which failed requests are sent again, and when: only those that cannot make the server act twice."""

__all__ = ["RetryPolicy", "is_safe_to_repeat"]

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tenacity import RetryCallState, Retrying, retry_if_exception

from sptcoder.api.errors import ApiError, NoAnswerError

_IDEMPOTENT: Final = frozenset({"GET", "HEAD"})
_TOO_MANY: Final = 429
_TRANSIENT: Final = frozenset({502, 503, 504})
_INTERNAL: Final = 500
_ROW_HELD: Final = "no rows in result set"
_FIRST_PAUSE: Final = 0.25
_LONGEST_PAUSE: Final = 5.0
_LONGEST_RETRY_AFTER: Final = 60.0
_WORTH_A_WORD: Final = 5.0
"""A pause, seconds, that people should hear of."""


def is_safe_to_repeat(error: BaseException) -> bool:
    """Say whether the request that failed with `error` may be sent again as it was.

    GET and HEAD: after no answer, 429, 502, 503, 504. All others: only when the server surely did not act, which is
    a connection that never came about, or 429. A proxy's 502 to 504 says nothing about what the server did. A cancel is
    refused with 500 while a provisioner holds the job's row: Coder (2.26) does not find it then, and does nothing.
    """
    if isinstance(error, NoAnswerError):
        return error.method in _IDEMPOTENT or not error.may_have_acted
    if isinstance(error, ApiError):
        if error.status == _INTERNAL and error.path.endswith("/cancel") and _ROW_HELD in error.detail:
            return True
        return error.status == _TOO_MANY or (error.method in _IDEMPOTENT and error.status in _TRANSIENT)
    return False


@dataclass(frozen=True)
class RetryPolicy:
    """How long a request is tried, seconds in all; `sleep` and `jitter` are handed in by tests.

    `budget` is for servers that do not answer as they should. One that says when to come again (429 with Retry-After)
    is healthy: it counts in whole minutes, so `limit_budget` lets two of its windows pass. `say` hears of long pauses.
    `first_budget` stands for `budget` until the server has answered once: a wrong address is not worth a long wait.
    """

    budget: float = 30.0
    first_budget: float | None = None
    limit_budget: float = 150.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform
    say: Callable[[str], None] = lambda _: None

    def retrying(self, *, answered: bool = True) -> Retrying:
        """Return the loop for one request; it raises the last error when the next pause would exceed the budget.

        `answered` says whether the server has ever answered.
        """
        if not answered and self.first_budget is not None:
            return replace(self, budget=self.first_budget, first_budget=None).retrying()
        return Retrying(
            retry=retry_if_exception(is_safe_to_repeat),
            wait=self._pause,
            stop=self._gives_up,
            sleep=self.sleep,
            before_sleep=self._tell,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        """Return the pause in seconds: what the server asked for (at most a minute), else growing with jitter."""
        asked = _asked_for(state)
        if asked is not None:
            return min(asked, _LONGEST_RETRY_AFTER)
        ceiling = min(_FIRST_PAUSE * 2.0 ** (state.attempt_number - 1), _LONGEST_PAUSE)
        return self.jitter(ceiling / 2, ceiling)

    def _gives_up(self, state: RetryCallState) -> bool:
        budget = self.budget if _asked_for(state) is None else max(self.budget, self.limit_budget)
        return max(state.seconds_since_start or 0.0, state.idle_for) + state.upcoming_sleep >= budget

    def _tell(self, state: RetryCallState) -> None:
        if state.upcoming_sleep >= _WORTH_A_WORD:
            self.say(f"Coder takes no more of these requests for now; the next try is in {state.upcoming_sleep:.0f} s.")


def _asked_for(state: RetryCallState) -> float | None:
    """Return the pause in seconds that the server's last answer asked for, None if it asked for none."""
    error = state.outcome.exception() if state.outcome is not None else None
    return error.retry_after if isinstance(error, ApiError) and error.status == _TOO_MANY else None
