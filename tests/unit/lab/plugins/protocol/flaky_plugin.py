"""A plugin of its own for the tests: boxes that become ready, or not, or break."""

from core.errors import SptFlowError
from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.errors import ResourceNotReadyError, UnsupportedTypeError
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, ReadResult
from lab.plugins.protocol.server import serve
from lab.plugins.protocol.values import Properties


class FlakyProvider(Provider):
    """Does what the input `mood` says."""

    name = "flaky"

    async def check(self, request: CheckRequest) -> CheckResult:
        """Know one type."""
        if request.type != "flaky:index:Box":
            raise UnsupportedTypeError(self.name, request.type, ["flaky:index:Box"])
        return CheckResult(request.news)

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Compare inputs."""
        return DiffResult(diff_inputs(request.old_inputs, request.news))

    async def create(self, request: CreateRequest) -> CreateResult:
        """Create, with a status line before a slow one."""
        inputs = request.properties
        if request.preview:
            return CreateResult("", inputs)
        await self.host.status("looking at the box", request.urn)
        match inputs.get("mood"):
            case "slow":
                raise ResourceNotReadyError("box-1", {**inputs, "half": True}, inputs, ["the lid is still open"])
            case "broken":
                raise SptFlowError("The box has no bottom.")
            case "odd":
                raise KeyError("nobody thought of this")
        return CreateResult("box-1", {**inputs, "half": False})

    async def read(self, request: ReadRequest) -> ReadResult:
        """Return the state."""
        return ReadResult(request.id, request.properties, request.inputs or {})

    async def update(self, request: UpdateRequest) -> Properties:
        """Finish the box, unless it is still slow."""
        if request.news.get("mood") == "slow" and not request.preview:
            reasons = ["the lid is open again"]
            raise ResourceNotReadyError(request.id, {**request.news, "half": True}, request.news, reasons)
        return {**request.news, "half": False}

    async def delete(self, request: DeleteRequest) -> None:
        """Delete nothing."""


if __name__ == "__main__":
    serve(FlakyProvider(), "1.0.0")
