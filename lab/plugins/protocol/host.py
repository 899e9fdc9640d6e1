"""The way back to the engine: log lines, live status beside a resource, and the signal to stop waiting."""

__all__ = ["Host", "Severity"]

import asyncio
import contextlib
from enum import Enum
from typing import TYPE_CHECKING, cast

import grpc
import grpc.aio

from lab.plugins.protocol.errors import OperationCancelledError
from lab.plugins.protocol.stubs import engine_pb2, engine_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


_REACH_SECONDS = 2.0
_LOST_AFTER = 3  # failures in a row


class Severity(Enum):
    """How loud a line is; values are the protocol's names."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Host:
    """The engine as a provider sees it. Without an address (a plugin run by hand) lines go nowhere."""

    def __init__(self, address: str | None) -> None:
        self.cancelled = asyncio.Event()
        self._address = ""
        self._channel: grpc.aio.Channel | None = None
        self._log: Callable[[engine_pb2.LogRequest], Awaitable[object]] | None = None
        if address:
            self.connect(address)

    def connect(self, address: str) -> None:
        """Use the engine at `address` (host:port) from now on."""
        if address == self._address:
            return
        self._address = address
        self._channel = grpc.aio.insecure_channel(address)
        stub = engine_pb2_grpc.EngineStub(self._channel)
        # The stub's type only knows blocking channels; on this channel a call returns an awaitable.
        self._log = cast("Callable[[engine_pb2.LogRequest], Awaitable[object]]", stub.Log)

    async def log(self, severity: Severity, message: str, urn: str = "", *, ephemeral: bool = False) -> None:
        """Show a line beside the resource `urn` (or the stack); an `ephemeral` one is replaced by the next."""
        if self._log is None:
            return
        level = engine_pb2.LogSeverity.Value(severity.value)
        request = engine_pb2.LogRequest(severity=level, message=message, urn=urn, ephemeral=ephemeral)
        with contextlib.suppress(grpc.RpcError):  # a line that cannot be shown never fails the operation
            await self._log(request)

    async def status(self, message: str, urn: str) -> None:
        """Show an ephemeral line beside the resource, such as what it waits for."""
        await self.log(Severity.INFO, message, urn, ephemeral=True)

    async def pause(self, seconds: float, what: str = "The operation") -> None:
        """Sleep; raise OperationCancelledError at once when the engine stops the deployment."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.cancelled.wait(), seconds)
            raise OperationCancelledError(what)

    async def lost(self) -> None:
        """Return when the engine cannot be reached any more; never, as long as there is none."""
        failures = 0
        while failures < _LOST_AFTER:
            await asyncio.sleep(_REACH_SECONDS)
            state = None if self._channel is None else self._channel.get_state(try_to_connect=True)
            failures = failures + 1 if state is grpc.ChannelConnectivity.TRANSIENT_FAILURE else 0

    async def close(self) -> None:
        """Close the connection."""
        if self._channel is not None:
            await self._channel.close(grace=None)
