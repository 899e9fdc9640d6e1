"""The time in which the registry is closed: it begins with a Lease, and ends with a registry that serves."""

__all__ = ["Clock", "Closure"]

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self

from core.errors import SptFlowError
from jobs.cluster_api import ClusterError
from jobs.event_log import EventLog
from jobs.registry_gc.gate import CLOSED, OPEN, Gate, HoldLostError

_POLL_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 1.0
_RENEW_SECONDS: Final = 10.0
_UNSEEN_SECONDS: Final = 30.0


class Answering(Protocol):
    """What says that the registry serves."""

    def wait(self, seconds: float, tick: Callable[[], None]) -> None:
        """Wait until it serves; raise SptFlowError if it does not in that time."""


@dataclass(frozen=True)
class Clock:
    """Seconds that only grow, and waiting."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Closure:
    """Closes the registry for the block and opens it after it, whatever happens in it.

    `close_seconds` is how long the registry's pod may take to end, `open_seconds` how long it may take to serve; `stop`
    raises when the block is to end early. If the cluster cannot be told to open it in that time, the Lease stays, and
    the guard opens it.
    """

    gate: Gate
    client: Answering
    log: EventLog
    holder: str
    close_seconds: float
    open_seconds: float
    clock: Clock = field(default_factory=Clock)
    stop: Callable[[], None] = lambda: None
    seconds: float = 0.0
    _closed: float = 0.0
    _looked: float = 0.0
    _renewed: float = 0.0

    def __enter__(self) -> Self:
        self.gate.take(self.holder)
        self._closed = self._looked = self._renewed = self.clock.now()
        try:
            self.gate.scale(CLOSED)
            self._wait_until_gone()
        except BaseException as error:
            self._open(error)
            raise
        self.log.write("closed", seconds=round(self.clock.now() - self._closed, 3))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open(error)

    def tick(self) -> None:
        """See that the registry is still closed and the Lease still ours; raise HoldLostError or ClusterError if not.

        An API that does not answer is borne for a while, as long as nobody takes the Lease for abandoned.
        """
        self.stop()
        now = self.clock.now()
        if now - self._looked < _LOOK_SECONDS:
            return
        try:
            if self.gate.replicas() != CLOSED or self.gate.registry_pods():
                raise HoldLostError("Somebody has opened the registry while its volume was collected.")
            if now - self._renewed >= _RENEW_SECONDS:
                self.gate.renew(self.holder)
                self._renewed = now
        except ClusterError:
            if now - self._looked > _UNSEEN_SECONDS:
                raise
        else:
            self._looked = now

    def _wait_until_gone(self) -> None:
        end = self.clock.now() + self.close_seconds
        while pods := self.gate.registry_pods():
            self.stop()
            if self.clock.now() >= end:
                raise SptFlowError(
                    f"The registry's pod {pods[0]} has not ended in {self.close_seconds:g} s; nothing was collected."
                )
            if self.clock.now() - self._renewed >= _RENEW_SECONDS:
                self.gate.renew(self.holder)
                self._renewed = self.clock.now()
            self.clock.sleep(_POLL_SECONDS)

    def _open(self, reason: BaseException | None) -> None:
        """Open it; what goes wrong here is told, and raised unless something else has gone wrong before."""
        try:
            self._scale_open()
            self.client.wait(self.open_seconds, lambda: None)
            self.gate.release(self.holder)
        except SptFlowError as error:
            self.log.write("not-opened", level="error", reason=error.message, next="the guard looks in some minutes")
            if reason is None:
                raise
        finally:
            self.seconds = self.clock.now() - self._closed
        self.log.write("opened", seconds=round(self.seconds, 3))

    def _scale_open(self) -> None:
        end = self.clock.now() + self.open_seconds
        while True:
            try:
                self.gate.scale(OPEN)
            except ClusterError:
                if self.clock.now() >= end:
                    raise
            else:
                return
            self.clock.sleep(_LOOK_SECONDS)
