"""How a provider says that something failed."""

__all__ = [
    "OperationCancelledError",
    "ResourceNotReadyError",
    "UnsupportedFunctionError",
    "UnsupportedTypeError",
]

from collections.abc import Sequence

from core.errors import SptFlowError
from lab.plugins.protocol.values import Properties


class ResourceNotReadyError(SptFlowError):
    """The resource exists but did not become ready: the engine records it with its reasons and repairs it next time.

    `reasons` are sentences the user sees; `properties` are the outputs so far, `inputs` the inputs they came from.
    """

    def __init__(self, resource_id: str, properties: Properties, inputs: Properties, reasons: Sequence[str]) -> None:
        super().__init__("the resource was created but did not become ready")
        self.resource_id = resource_id
        self.properties = properties
        self.inputs = inputs
        self.reasons = tuple(reasons)


class UnsupportedTypeError(SptFlowError):
    """This edition does not cover a resource type."""

    def __init__(self, plugin: str, resource_type: str, supported: Sequence[str]) -> None:
        super().__init__(
            f"The resource type '{resource_type}' is not covered by this edition of the plugin '{plugin}', "
            f"which has: {', '.join(supported)}; the official plugin has all types."
        )


class UnsupportedFunctionError(SptFlowError):
    """This edition does not cover a function."""

    def __init__(self, plugin: str, token: str) -> None:
        super().__init__(f"The function '{token}' is not covered by this edition of the plugin '{plugin}'.")


class OperationCancelledError(SptFlowError):
    """The user or the engine stopped the operation while it waited."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was cancelled.")
