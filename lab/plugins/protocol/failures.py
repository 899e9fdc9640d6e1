"""How an exception in a provider reaches the user: one sentence, no traceback, no secret value."""

__all__ = ["DEBUG_LOG_VARIABLE", "abort", "describe"]

import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import grpc
import grpc.aio

from core.errors import SptFlowError
from lab.plugins.protocol.codec import encode
from lab.plugins.protocol.errors import ResourceNotReadyError
from lab.plugins.protocol.stubs import provider_pb2, status_pb2

if TYPE_CHECKING:
    from lab.plugins.protocol.redaction import Redactor

DEBUG_LOG_VARIABLE = "SPT_FLOW_PLUGIN_LOG"
"""Names a file that gets the tracebacks of unexpected failures; without it there are none."""


def describe(error: Exception, operation: str, plugin: str) -> str:
    """Return the sentence for an exception; an unexpected one is named by its type only, its text may hold anything."""
    if isinstance(error, SptFlowError):
        return str(error)
    return (
        f"The plugin '{plugin}' failed in {operation} with an unexpected {type(error).__name__}; "
        f"set {DEBUG_LOG_VARIABLE} to a file name to get the details there."
    )


async def abort(
    context: "grpc.aio.ServicerContext[object, object]",
    error: Exception,
    *,
    operation: str,
    plugin: str,
    redact: "Redactor",
    keep_secrets: bool = True,
) -> NoReturn:
    """End the call with the error; ResourceNotReadyError carries the resource's state along for the engine to keep."""
    if not isinstance(error, SptFlowError):
        _write_debug_log(error, operation, redact)
    message = redact(describe(error, operation, plugin))
    if isinstance(error, ResourceNotReadyError):
        await context.abort(
            grpc.StatusCode.UNKNOWN, message, _not_ready_metadata(error, message, redact, keep_secrets=keep_secrets)
        )
    await context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError  # abort raises; its type does not say so


def _not_ready_metadata(
    error: ResourceNotReadyError, message: str, redact: "Redactor", *, keep_secrets: bool
) -> tuple[tuple[str, bytes], ...]:
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=encode(error.properties, keep_secrets=keep_secrets),
        inputs=encode(error.inputs, keep_secrets=keep_secrets),
        reasons=[redact(reason) for reason in error.reasons],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(detail)
    return (("grpc-status-details-bin", status.SerializeToString()),)


def _write_debug_log(error: Exception, operation: str, redact: "Redactor") -> None:
    name = os.environ.get(DEBUG_LOG_VARIABLE)
    if not name:
        return
    text = redact("".join(traceback.format_exception(error)))
    descriptor = os.open(Path(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as log:
        log.write(f"{operation}\n{text}\n")
