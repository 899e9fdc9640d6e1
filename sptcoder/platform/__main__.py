"""`python -m sptcoder.platform <verb>`: a JSON line on stdout, progress on stderr, exit code 0, 1, 2, or 130 (stopped).

All inputs are environment variables; each verb's module lists its own. `SPTCODER_CORRELATION_ID` names the run in the
server's log; without it, one is made.
"""

__all__ = ["main"]

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Final

from pydantic import BaseModel

from core.errors import InterruptedRunError, SptFlowError, UsageError
from sptcoder.platform.bootstrap import bootstrap
from sptcoder.platform.environment import Environment
from sptcoder.platform.preflight import preflight, wait_healthy
from sptcoder.platform.push import push

_VERBS: Final[Mapping[str, Callable[..., BaseModel]]] = {
    "bootstrap": bootstrap,
    "preflight": preflight,
    "push": push,
    "wait-healthy": wait_healthy,
}


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the verb and return the exit code."""
    try:
        if len(arguments) != 1 or arguments[0] not in _VERBS:
            raise UsageError(
                f"'{' '.join(arguments)}' is no verb; there are: {', '.join(sorted(_VERBS))}.",
                next_command="python -m sptcoder.platform push",
            )
        result = _VERBS[arguments[0]](Environment(environment), say=_say)
    except SptFlowError as error:
        _say(f"error: {error}")
        return error.exit_code
    sys.stdout.write(result.model_dump_json() + "\n")
    sys.stdout.flush()
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once: what is begun on the server is undone on the way out, and a second signal must not interrupt that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise InterruptedRunError


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    sys.exit(main(sys.argv[1:], os.environ))
