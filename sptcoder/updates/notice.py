"""The line about a newer release at the end of a command, and the question to the source that goes on behind it."""

__all__ = ["SKIP_VARIABLE", "announce_update"]

import os
import sys
import time
from collections.abc import Mapping
from typing import Final

from core.errors import SptFlowError
from sptcoder.cli.command_table import REFRESH
from sptcoder.updates.release import is_newer, last_heard, remember
from sptcoder.version import VERSION

SKIP_VARIABLE: Final = "SPT_FLOW_SKIP_UPDATE_CHECK"
"""`true` in it turns off both the question and the line."""

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_DAY: Final = 24 * 60 * 60.0


def announce_update(environment: Mapping[str, str] = os.environ, *, ask: bool = True) -> None:
    """Say on stderr that a newer release is known; with `ask`, and once a day, start to ask for the next time.

    Costs a command a small file's reading. Never fails: this is no part of what was asked for.
    """
    if environment.get(SKIP_VARIABLE, "").strip().lower() in _TRUE:
        return
    try:
        heard = last_heard(environment)
        if heard is not None and heard.version is not None and is_newer(heard.version, VERSION):
            sys.stderr.write(f"Update available: v{VERSION} -> v{heard.version.removeprefix('v')}\n")
        now = time.time()
        if ask and (heard is None or not heard.at <= now < heard.at + _DAY):
            _ask_behind(environment)
    except (OSError, ValueError, SptFlowError):
        return


def _ask_behind(environment: Mapping[str, str]) -> None:
    """Start the process that asks; it outlives this one and says nothing."""
    from core.command import Command  # noqa: PLC0415 - once a day

    remember(None, environment)  # whoever comes meanwhile does not ask, too; nor does a source that is down cost much
    if getattr(sys, "frozen", False):
        # Of an executable that unpacks itself: else the new process would live in files that this one takes with it.
        Command(sys.executable, env={**environment, "PYINSTALLER_RESET_ENVIRONMENT": "1"}).start(REFRESH)
    else:
        Command(sys.executable, env=environment).start("-m", "sptcoder", REFRESH)
