"""Asking a server that may be away for a while: a restart in the middle of a wait is no failure."""

__all__ = ["Patience"]

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.cli.phases import Phases

_Answer = TypeVar("_Answer")

_SERVER_SIDE: Final = 500
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0


@dataclass(frozen=True)
class Patience:
    """Repeats a question that changes nothing until it is answered, for at most `seconds`; `say` hears of it once."""

    say: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    seconds: float = 180.0

    @classmethod
    def of(cls, phases: Phases) -> Self:
        """Return one that says and waits as the phases do."""
        return cls(phases.note, phases.sleep, phases.clock)

    def ask(self, question: Callable[[], _Answer]) -> _Answer:
        """Return the answer; raise the server's last failure when the time is over, and any other at once."""
        end: float | None = None
        pause = _FIRST_PAUSE
        while True:
            try:
                answer = question()
            except (ApiError, ForeignAnswerError, NoAnswerError) as error:
                if not _is_passing(error):
                    raise
                now = self.clock()
                if end is None:
                    end = now + self.seconds
                    self.say("The server does not answer as it should; waiting for it.")
                if now + pause > end:
                    raise
                self.sleep(pause)
                pause = min(pause * 1.5, _LONGEST_PAUSE)
                continue
            if end is not None:
                self.say("The server answers again.")
            return answer


def _is_passing(error: ApiError | ForeignAnswerError | NoAnswerError) -> bool:
    """Say whether it may be over soon; what answers while a server starts is like a stranger."""
    return not isinstance(error, ApiError) or error.status >= _SERVER_SIDE
