"""The kubelet's device-plugin API, v1beta1: the messages and methods of it that are used here.

Field numbers are those of k8s.io/kubelet's pkg/apis/deviceplugin/v1beta1/api.proto. Built at run time: generated code
is bound to one release of protobuf, and two programs of this project have to share one.
"""

__all__ = [
    "API_VERSION",
    "HEALTHY",
    "KUBELET_SOCKET",
    "PLUGIN_SERVICE",
    "REGISTER",
    "UNHEALTHY",
    "Message",
    "decoder",
    "encode",
    "message",
]

from collections.abc import Callable
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

API_VERSION: Final = "v1beta1"
HEALTHY: Final = "Healthy"
UNHEALTHY: Final = "Unhealthy"
KUBELET_SOCKET: Final = "kubelet.sock"
PLUGIN_SERVICE: Final = "v1beta1.DevicePlugin"
REGISTER: Final = "/v1beta1.Registration/Register"

_PACKAGE: Final = "v1beta1"
_TYPES: Final = descriptor_pb2.FieldDescriptorProto
# Message -> field -> number, type (a scalar's name or a message's), whether it is repeated.
_MESSAGES: Final[dict[str, dict[str, tuple[int, str, bool]]]] = {
    "Empty": {},
    "DevicePluginOptions": {
        "pre_start_required": (1, "bool", False),
        "get_preferred_allocation_available": (2, "bool", False),
    },
    "RegisterRequest": {
        "version": (1, "string", False),
        "endpoint": (2, "string", False),
        "resource_name": (3, "string", False),
        "options": (4, "DevicePluginOptions", False),
    },
    "Device": {"ID": (1, "string", False), "health": (2, "string", False)},
    "ListAndWatchResponse": {"devices": (1, "Device", True)},
    "ContainerAllocateRequest": {"devices_ids": (1, "string", True)},
    "AllocateRequest": {"container_requests": (1, "ContainerAllocateRequest", True)},
    "DeviceSpec": {
        "container_path": (1, "string", False),
        "host_path": (2, "string", False),
        "permissions": (3, "string", False),
    },
    "ContainerAllocateResponse": {"devices": (3, "DeviceSpec", True)},
    "AllocateResponse": {"container_responses": (1, "ContainerAllocateResponse", True)},
}


def _descriptor() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="deviceplugin.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field_name, (number, kind, is_repeated) in fields.items():
            field = described.field.add(name=field_name, number=number)
            field.label = _TYPES.LABEL_REPEATED if is_repeated else _TYPES.LABEL_OPTIONAL
            if kind in _MESSAGES:
                field.type, field.type_name = _TYPES.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                field.type = _TYPES.TYPE_BOOL if kind == "bool" else _TYPES.TYPE_STRING
    return file


# A pool of its own: another program in the process may know messages of the same names.
_POOL: Final = descriptor_pool.DescriptorPool()
_POOL.Add(_descriptor())
_CLASSES: Final = {
    name: message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
}


def message(name: str, **fields: Any) -> Message:  # noqa: ANN401 - as protobuf's own constructors
    """Return a message of that name; the fields are checked by protobuf."""
    made: Message = _CLASSES[name](**fields)
    return made


def encode(sent: Message) -> bytes:
    """Return the wire form of a message."""
    return sent.SerializeToString()


def decoder(name: str) -> Callable[[bytes], Message]:
    """Return what reads the wire form of a message of that name."""
    read: Callable[[bytes], Message] = _CLASSES[name].FromString
    return read
