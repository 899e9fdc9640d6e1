"""The plugin's socket and its registration: made anew whenever the kubelet has started again."""

__all__ = ["Registration"]

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import grpc

from core.errors import SptFlowError
from jobs.kvm.plugin import KvmPlugin
from jobs.kvm.protocol import API_VERSION, KUBELET_SOCKET, REGISTER, decoder, encode, message

_THREADS: Final = 8
_CALL_SECONDS: Final = 10.0
_GRACE_SECONDS: Final = 2.0


class Registration:
    """A server on a socket of the kubelet's folder; `keep` is to be called every second or so."""

    def __init__(self, plugin: KvmPlugin, *, folder: Path, resource: str) -> None:
        self.socket = folder / f"{resource.replace('/', '-')}.sock"
        self._kubelet = folder / KUBELET_SOCKET
        self._plugin, self._resource = plugin, resource
        self._server: grpc.Server | None = None
        self._known: tuple[int, int] | None = None

    def keep(self, say: Callable[[str], None]) -> bool:
        """Register if the kubelet does not know us (any more), and say whether it does now.

        A kubelet that starts clears its folder and makes its socket anew; either sign means that we are forgotten.
        """
        identity = _identity(self._kubelet)
        if identity is None:
            self._known = None
            return False
        if identity == self._known and self.socket.is_socket():
            return True
        self._known = None
        self._serve()
        try:
            self._register()
        except grpc.RpcError as error:
            raise SptFlowError(
                f"The kubelet refused the resource '{self._resource}': {_details(error)}.",
                next_command="kubectl -n spt-system get pods -o wide",
            ) from None
        self._known = identity
        say(self._resource)
        return True

    def close(self) -> None:
        """Stop serving; the kubelet sees the end of its stream and offers the resource no more."""
        if self._server is not None:
            self._server.stop(_GRACE_SECONDS).wait()
            self._server = None
        with suppress(FileNotFoundError):
            self.socket.unlink()

    def _serve(self) -> None:
        self.close()
        server = grpc.server(ThreadPoolExecutor(_THREADS))
        server.add_generic_rpc_handlers((self._plugin.handler(),))
        try:
            server.add_insecure_port(f"unix://{self.socket}")
        except RuntimeError:
            raise SptFlowError(
                f"The socket '{self.socket}' cannot be made; the pod needs the kubelet's folder '{self.socket.parent}' "
                "mounted for writing."
            ) from None
        server.start()
        self._server = server

    def _register(self) -> None:
        request = message(
            "RegisterRequest", version=API_VERSION, endpoint=self.socket.name, resource_name=self._resource
        )
        with grpc.insecure_channel(f"unix://{self._kubelet}") as channel:
            register: Any = channel.unary_unary(
                REGISTER, request_serializer=encode, response_deserializer=decoder("Empty")
            )
            register(request, timeout=_CALL_SECONDS, wait_for_ready=True)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - of which inode and change time are what counts
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _details(error: grpc.RpcError) -> str:
    details = getattr(error, "details", lambda: None)()
    return str(details or type(error).__name__).rstrip(".")
