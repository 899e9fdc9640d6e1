"""A provider served in this process, and a client of it."""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.message import Message

from core.errors import SptFlowError
from lab.plugins.protocol.errors import ResourceNotReadyError
from lab.plugins.protocol.host import Host
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffKind,
    DiffResult,
    PropertyChange,
    ReadResult,
)
from lab.plugins.protocol.service import ProviderService
from lab.plugins.protocol.stubs import provider_pb2_grpc
from lab.plugins.protocol.values import UNKNOWN, Properties, Secret

Call = Callable[[str, Message], Any]


class SampleProvider(Provider):
    """Fails in the way the resource's property `fail` says."""

    name = "sample"

    async def check(self, request: CheckRequest) -> CheckResult:
        return CheckResult({**request.news, "default": 1}, (CheckFailure("a.b", "it is wrong"),))

    async def diff(self, request: DiffRequest) -> DiffResult:
        del request
        lines = {
            "spec.a[0]": PropertyChange(DiffKind.UPDATE_REPLACE),
            "spec.b": PropertyChange(DiffKind.ADD, input_diff=False),
        }
        return DiffResult(lines, delete_before_replace=True, stables=("uid",))

    async def create(self, request: CreateRequest) -> CreateResult:
        how = request.properties.get("fail")
        if how == "sentence":
            raise SptFlowError("It cannot be done with hunter22.", next_command="make up")
        if how == "unexpected":
            raise ValueError("hunter22 is not a number")
        if how == "not ready":
            inputs = dict(request.properties)
            raise ResourceNotReadyError("the-id", {**inputs, "status": 1}, inputs, ["pod hunter22 is Pending"])
        outputs: Properties = {"result": Secret("made"), "later": UNKNOWN if request.preview else 3}
        return CreateResult("" if request.preview else "id-1", {**request.properties, **outputs})

    async def read(self, request: ReadRequest) -> ReadResult:
        if request.id == "gone":
            return ReadResult(None)
        return ReadResult(request.id, {"refreshed": request.inputs is not None}, request.inputs or {})

    async def update(self, request: UpdateRequest) -> Properties:
        return request.olds | request.news

    async def delete(self, request: DeleteRequest) -> None:
        if request.properties.get("wait"):
            await self.host.pause(60, "Deleting")


@pytest.fixture
async def service() -> ProviderService:
    """Return the service of a sample provider."""
    provider = SampleProvider()
    provider.host = Host(None)
    return ProviderService(provider, "1.2.3")


@pytest.fixture
async def call(service: ProviderService) -> AsyncIterator[Call]:
    """Return a function that calls a method of the served sample provider."""
    server = grpc.aio.server()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        methods: Mapping[str, Any] = vars(stub)
        yield lambda name, request: methods[name](request)
    await server.stop(None)
