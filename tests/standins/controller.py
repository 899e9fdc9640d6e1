"""What stand-ins for controllers have in common: they look at the API server, again and again, beside a test."""

__all__ = ["PlayedController"]

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Final, Self

from tests.support.apiserver import ApiServer

_LOOK_SECONDS: Final = 0.2


class PlayedController(ABC):
    """Works from a thread of its own until the end of the block, where it raises what went wrong there."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if error is None and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.wait(_LOOK_SECONDS):
                self._look()
        except Exception as error:  # noqa: BLE001 - told to the test, whatever it was
            self._error = error

    @abstractmethod
    def _look(self) -> None:
        """See what is there and do what is due."""
