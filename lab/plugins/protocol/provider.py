"""The class every edition subclasses."""

__all__ = ["Provider"]

from abc import ABC, abstractmethod
from typing import ClassVar

from lab.plugins.protocol.differ import diff_inputs
from lab.plugins.protocol.errors import UnsupportedFunctionError
from lab.plugins.protocol.host import Host
from lab.plugins.protocol.requests import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, InvokeResult, ReadResult
from lab.plugins.protocol.values import Properties


class Provider(ABC):
    """A provider: one instance serves one engine, its methods run side by side on one event loop.

    Blocking calls belong in `asyncio.to_thread` (a pool of 64 threads). A method that fails raises an SptFlowError,
    whose sentence the user sees, or ResourceNotReadyError for a resource that exists but is not ready. `host` is set
    before the first call; waits should use `host.pause` so that Ctrl-C ends them.
    """

    name: ClassVar[str]
    accept_secrets: ClassVar[bool] = True
    """Whether Secret values arrive; if not, the engine strips them and marks outputs named like secret inputs."""
    host: Host

    async def check_config(self, request: CheckRequest) -> CheckResult:
        """Validate the provider's own inputs; the default accepts all."""
        return CheckResult(request.news)

    async def diff_config(self, request: DiffRequest) -> DiffResult:
        """Compare the provider's own inputs; the default never replaces the provider."""
        return DiffResult(diff_inputs(request.old_inputs, request.news))

    async def configure(self, request: ConfigureRequest) -> None:  # noqa: B027 - optional on purpose
        """Take the provider's own inputs; the default needs none. Called before any resource is touched."""

    @abstractmethod
    async def check(self, request: CheckRequest) -> CheckResult:
        """Validate and complete a resource's inputs."""

    @abstractmethod
    async def diff(self, request: DiffRequest) -> DiffResult:
        """Say what changed and whether that forces a replacement."""

    @abstractmethod
    async def create(self, request: CreateRequest) -> CreateResult:
        """Create the resource, or in a preview say what would come out."""

    @abstractmethod
    async def read(self, request: ReadRequest) -> ReadResult:
        """Read the live state and the inputs that would produce it."""

    @abstractmethod
    async def update(self, request: UpdateRequest) -> Properties:
        """Change the resource in place and return its outputs."""

    @abstractmethod
    async def delete(self, request: DeleteRequest) -> None:
        """Delete the resource; one that is already gone is no error."""

    async def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Call a function; the default has none."""
        raise UnsupportedFunctionError(self.name, request.token)

    async def get_schema(self) -> str:
        """Return the package schema as JSON; the default is an empty one."""
        return "{}"

    async def cancel(self) -> None:  # noqa: B027 - optional on purpose
        """Stop what runs, soon: the engine was interrupted or is gone. `host.cancelled` is already set."""
