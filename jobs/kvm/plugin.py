"""The plugin's side of the device-plugin API: so many places at one device, healthy as long as the probe says so."""

__all__ = ["KvmPlugin"]

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import grpc

from jobs.kvm.protocol import HEALTHY, PLUGIN_SERVICE, UNHEALTHY, Message, decoder, encode, message

_LOOK_SECONDS: Final = 1.0
"""How long a stream may take to notice that the kubelet has hung up."""


@dataclass
class KvmPlugin:
    """Offers `count` places at `device`. Every method may be called from any thread."""

    device: str
    count: int
    _works: bool = False
    _generation: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def set_health(self, *, works: bool) -> None:
        """Tell every stream whether the device works; nothing is sent when it is as before."""
        with self._changed:
            if works != self._works:
                self._works = works
                self._generation += 1
                self._changed.notify_all()

    def devices(self) -> list[Message]:
        """Return the places as the kubelet lists them."""
        health = HEALTHY if self._works else UNHEALTHY
        return [message("Device", ID=f"kvm-{number}", health=health) for number in range(self.count)]

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """Return the service for a gRPC server."""
        methods = {
            "GetDevicePluginOptions": _unary("Empty", lambda _request, _context: message("DevicePluginOptions")),
            "Allocate": _unary("AllocateRequest", self._allocate),
            "ListAndWatch": grpc.unary_stream_rpc_method_handler(
                self._list_and_watch, request_deserializer=decoder("Empty"), response_serializer=encode
            ),
        }
        return grpc.method_handlers_generic_handler(PLUGIN_SERVICE, methods)

    def _list_and_watch(self, _request: Message, context: grpc.ServicerContext) -> Iterator[Message]:
        sent = -1
        while context.is_active():
            with self._changed:
                if self._generation == sent:
                    self._changed.wait(_LOOK_SECONDS)
                if self._generation == sent:
                    continue
                sent, devices = self._generation, self.devices()
            yield message("ListAndWatchResponse", devices=devices)

    def _allocate(self, request: Any, _context: grpc.ServicerContext) -> Message:  # noqa: ANN401 - made at run time
        # Write access is what KVM needs; no "m": a pod must not make device nodes.
        spec = message("DeviceSpec", container_path="/dev/kvm", host_path=self.device, permissions="rw")
        answers = [message("ContainerAllocateResponse", devices=[spec]) for _ in request.container_requests]
        return message("AllocateResponse", container_responses=answers)


def _unary(request: str, answer: Callable[[Any, grpc.ServicerContext], Message]) -> "grpc.RpcMethodHandler[Any, Any]":
    return grpc.unary_unary_rpc_method_handler(
        answer, request_deserializer=decoder(request), response_serializer=encode
    )
