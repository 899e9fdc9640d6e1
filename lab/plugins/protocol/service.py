"""The gRPC service: decodes what the engine asks, lets the provider answer and encodes; errors become sentences."""
# ruff: noqa: N802 - method names are the protocol's

__all__ = ["ProviderService"]

import asyncio
import contextlib
import functools
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import grpc
from google.protobuf import empty_pb2, struct_pb2

from core.errors import SptFlowError
from lab.plugins.protocol import translation
from lab.plugins.protocol.codec import decode, encode
from lab.plugins.protocol.failures import abort
from lab.plugins.protocol.redaction import Redactor
from lab.plugins.protocol.requests import InvokeRequest
from lab.plugins.protocol.stubs import plugin_pb2, provider_pb2, provider_pb2_grpc
from lab.plugins.protocol.values import Properties, Secret, Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    import grpc.aio
    from google.protobuf.message import Message

    from lab.plugins.protocol.provider import Provider

_Request = TypeVar("_Request", bound="Message")
_Response = TypeVar("_Response")
_Context: TypeAlias = "grpc.aio.ServicerContext[object, object]"
_Method: TypeAlias = "Callable[[ProviderService, _Request], Awaitable[_Response]]"
_Handler: TypeAlias = "Callable[[ProviderService, _Request, _Context], Awaitable[_Response]]"


def _handler(method: "_Method[_Request, _Response]") -> "_Handler[_Request, _Response]":
    """Make a gRPC handler of a method: it counts as running meanwhile, and a failure ends the call with a sentence."""

    @functools.wraps(method)
    async def handle(self: "ProviderService", request: _Request, context: _Context) -> _Response:
        with self.busy():
            try:
                return await method(self, request)
            except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
                kind = getattr(request, "type", "") or getattr(request, "tok", "")
                await abort(
                    context,
                    error,
                    operation=f"{method.__name__} of {kind}" if kind else method.__name__,
                    plugin=self.provider.name,
                    redact=self.redactor(request),
                    keep_secrets=self.keep_secrets,
                )

    return handle


def _without_blanket(properties: Properties) -> Properties:
    """Return properties whose `__inputs` is not secret as a whole: what is secret in it is marked inside, too.

    Releases keep their inputs that way, and a name is no secret: it has to stay readable in a sentence.
    """
    inputs = properties.get("__inputs")
    return {**properties, "__inputs": inputs.value} if isinstance(inputs, Secret) else properties


class ProviderService(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one provider to one engine."""

    def __init__(self, provider: "Provider", version: str) -> None:
        self.provider = provider
        self.version = version
        self.keep_secrets = True
        self.idle = asyncio.Event()
        self.idle.set()
        self._configuration: Properties = {}
        self._running = 0

    @contextlib.contextmanager
    def busy(self) -> "Iterator[None]":
        """Count a call as running; `idle` is set when none is."""
        self._running += 1
        self.idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if self._running == 0:
                self.idle.set()

    def redactor(self, request: "Message") -> Redactor:
        """Return what hides the secrets of a request and of the provider's own configuration."""
        values: list[Value] = [self._configuration]
        for _, content in request.ListFields():
            if isinstance(content, struct_pb2.Struct):
                with contextlib.suppress(SptFlowError):
                    values.append(_without_blanket(decode(content)))
        return Redactor(*values)

    async def stop_waiting(self) -> None:
        """Tell everything that runs to end soon."""
        self.provider.host.cancelled.set()
        await self.provider.cancel()

    @_handler
    async def Handshake(self, request: provider_pb2.ProviderHandshakeRequest) -> provider_pb2.ProviderHandshakeResponse:
        """Learn the engine's address and say what this side understands."""
        self.provider.host.connect(request.engine_address)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=self.provider.accept_secrets)

    @_handler
    async def Attach(self, request: plugin_pb2.PluginAttach) -> empty_pb2.Empty:
        """Learn the address of an engine that did not start this plugin."""
        self.provider.host.connect(request.address)
        return empty_pb2.Empty()

    @_handler
    async def GetPluginInfo(self, request: empty_pb2.Empty) -> plugin_pb2.PluginInfo:
        """Say which version this edition stands for."""
        del request
        return plugin_pb2.PluginInfo(version=self.version)

    @_handler
    async def GetSchema(self, request: provider_pb2.GetSchemaRequest) -> provider_pb2.GetSchemaResponse:
        """Return the package schema."""
        del request
        return provider_pb2.GetSchemaResponse(schema=await self.provider.get_schema())

    @_handler
    async def CheckConfig(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Validate the provider's own inputs."""
        result = await self.provider.check_config(translation.check_request(request))
        return translation.check_response(result, keep_secrets=self.keep_secrets)

    @_handler
    async def DiffConfig(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Compare the provider's own inputs."""
        return translation.diff_response(await self.provider.diff_config(translation.diff_request(request)))

    @_handler
    async def Configure(self, request: provider_pb2.ConfigureRequest) -> provider_pb2.ConfigureResponse:
        """Take the provider's own inputs, and learn whether the engine takes secrets."""
        asked = translation.configure_request(request)
        self.keep_secrets = request.acceptSecrets
        self._configuration = asked.args
        await self.provider.configure(asked)
        return provider_pb2.ConfigureResponse(acceptSecrets=self.provider.accept_secrets, supportsPreview=True)

    @_handler
    async def Check(self, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
        """Validate and complete a resource's inputs."""
        result = await self.provider.check(translation.check_request(request))
        return translation.check_response(result, keep_secrets=self.keep_secrets)

    @_handler
    async def Diff(self, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
        """Say what changed."""
        return translation.diff_response(await self.provider.diff(translation.diff_request(request)))

    @_handler
    async def Create(self, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
        """Create a resource."""
        result = await self.provider.create(translation.create_request(request))
        return provider_pb2.CreateResponse(id=result.id, properties=self._encode(result.properties))

    @_handler
    async def Read(self, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
        """Read a resource's live state; a resource that is gone is an empty answer."""
        result = await self.provider.read(translation.read_request(request))
        if result.id is None:
            return provider_pb2.ReadResponse()
        properties, inputs = self._encode(result.properties), self._encode(result.inputs)
        return provider_pb2.ReadResponse(id=result.id, properties=properties, inputs=inputs)

    @_handler
    async def Update(self, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
        """Change a resource in place."""
        outputs = await self.provider.update(translation.update_request(request))
        return provider_pb2.UpdateResponse(properties=self._encode(outputs))

    @_handler
    async def Delete(self, request: provider_pb2.DeleteRequest) -> empty_pb2.Empty:
        """Delete a resource."""
        await self.provider.delete(translation.delete_request(request))
        return empty_pb2.Empty()

    @_handler
    async def Invoke(self, request: provider_pb2.InvokeRequest) -> provider_pb2.InvokeResponse:
        """Call a function."""
        result = await self.provider.invoke(InvokeRequest(request.tok, decode(request.args), request.preview))
        response = provider_pb2.InvokeResponse(failures=translation.failures(result.failures))
        # `return` is a keyword, so the field cannot be named in the call above.
        getattr(response, "return").CopyFrom(self._encode(result.returned))
        return response

    @_handler
    async def Call(self, request: provider_pb2.CallRequest) -> provider_pb2.CallResponse:
        """Refuse: no edition has methods."""
        raise SptFlowError(f"The plugin '{self.provider.name}' has no method '{request.tok}'.")

    @_handler
    async def Construct(self, request: provider_pb2.ConstructRequest) -> provider_pb2.ConstructResponse:
        """Refuse: no edition has components."""
        raise SptFlowError(f"The plugin '{self.provider.name}' has no component '{request.type}'.")

    @_handler
    async def GetMapping(self, request: provider_pb2.GetMappingRequest) -> provider_pb2.GetMappingResponse:
        """Return no mapping: nothing converts programs from other tools."""
        del request
        return provider_pb2.GetMappingResponse()

    @_handler
    async def GetMappings(self, request: provider_pb2.GetMappingsRequest) -> provider_pb2.GetMappingsResponse:
        """Return no mappings."""
        del request
        return provider_pb2.GetMappingsResponse()

    async def Cancel(self, request: empty_pb2.Empty, context: _Context) -> empty_pb2.Empty:
        """Stop what waits: the user pressed Ctrl-C, or the engine is about to end."""
        del request, context
        await self.stop_waiting()
        return empty_pb2.Empty()

    def _encode(self, properties: Properties) -> struct_pb2.Struct:
        return encode(properties, keep_secrets=self.keep_secrets)
