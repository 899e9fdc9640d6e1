"""Waiting for a component, with the component's own words when it does not come up."""

__all__ = ["ComponentFailedError", "Waiter"]

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import SptFlowError
from lab.cluster.health import PROGRAM_NAMES
from lab.cluster.layout import ClusterLayout
from lab.cluster.log_tail import log_tail
from lab.cluster.record import LabRecord, process_started
from lab.cluster.supervisor import Supervisor, SupervisorGoneError

_UNSTARTED_STATES = frozenset({"FATAL", "BACKOFF", "EXITED", "STARTING"})
_PATIENCE = 12.0
"""Seconds a program may be without a single second of running before the wait is given up."""


class ComponentFailedError(SptFlowError):
    """A component of the lab did not come up; the message ends with the last lines of its log."""


@dataclass
class Waiter:
    """Waits on behalf of one launch of the lab."""

    record: LabRecord
    layout: ClusterLayout

    def until(self, ready: Callable[[], bool], *, what: str, program: str, seconds: float) -> None:
        """Poll `ready` until it says so. After `seconds`, or when a program keeps failing, raise ComponentFailedError.

        `what` completes "... did not happen"; `program` is whose log explains it.
        """
        start = time.monotonic()
        failing_since: float | None = None
        while not ready():
            now = time.monotonic()
            failed = self._failed_program()
            failing_since = (failing_since or now) if failed else None
            if failed and now - (failing_since or now) > _PATIENCE:
                raise self._error(f"{failed} keeps failing", failed)
            if now - start > seconds:
                raise self._error(f"{what} did not happen within {seconds:g} s", failed or program)
            time.sleep(0.1)

    def _failed_program(self) -> str | None:
        if process_started(self.record.pid) != self.record.started:
            raise self._error("its first process ended", "supervisord")
        try:
            states = Supervisor(self.record.pid).processes()
        except SupervisorGoneError:
            return None
        unstarted = {state.name for state in states if state.state in _UNSTARTED_STATES}
        # The first that others depend on explains the others.
        return next((name for name in PROGRAM_NAMES if name in unstarted), None)

    def _error(self, sentence: str, program: str) -> ComponentFailedError:
        log = self.layout.log(program)
        tail = log_tail(log) or log_tail(self.layout.log("boot"))
        return ComponentFailedError(
            f"The lab did not come up: {sentence}; {program} says: {tail or 'nothing'}", next_command=f"less {log}"
        )
