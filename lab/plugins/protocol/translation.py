"""Requests and results of the provider to and from their protobuf messages."""

__all__ = [
    "check_request",
    "check_response",
    "configure_request",
    "create_request",
    "delete_request",
    "diff_request",
    "diff_response",
    "failures",
    "read_request",
    "update_request",
]

from collections.abc import Iterable
from typing import Literal

from lab.plugins.protocol.codec import decode, encode
from lab.plugins.protocol.paths import top_level
from lab.plugins.protocol.requests import (
    Autonaming,
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckFailure, CheckResult, DiffResult
from lab.plugins.protocol.stubs import provider_pb2


def check_request(request: provider_pb2.CheckRequest) -> CheckRequest:
    """Return the decoded request."""
    return CheckRequest(
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        # The engine sends an empty set for a new resource, not none at all.
        olds=decode(request.olds) or None,
        news=decode(request.news),
        random_seed=request.randomSeed,
        autonaming=_autonaming(request),
    )


def configure_request(request: provider_pb2.ConfigureRequest) -> ConfigureRequest:
    """Return the decoded request."""
    return ConfigureRequest(decode(request.args), dict(request.variables), request.urn, request.id)


def diff_request(request: provider_pb2.DiffRequest) -> DiffRequest:
    """Return the decoded request."""
    return DiffRequest(
        id=request.id,
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        olds=decode(request.olds),
        old_inputs=decode(request.old_inputs),
        news=decode(request.news),
        ignore_changes=tuple(request.ignoreChanges),
    )


def create_request(request: provider_pb2.CreateRequest) -> CreateRequest:
    """Return the decoded request."""
    return CreateRequest(
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        properties=decode(request.properties),
        timeout=request.timeout,
        preview=request.preview,
    )


def read_request(request: provider_pb2.ReadRequest) -> ReadRequest:
    """Return the decoded request."""
    return ReadRequest(
        id=request.id,
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        properties=decode(request.properties),
        inputs=decode(request.inputs) if request.HasField("inputs") else None,
        timeout=request.timeout,
    )


def update_request(request: provider_pb2.UpdateRequest) -> UpdateRequest:
    """Return the decoded request."""
    return UpdateRequest(
        id=request.id,
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        olds=decode(request.olds),
        old_inputs=decode(request.old_inputs),
        news=decode(request.news),
        timeout=request.timeout,
        preview=request.preview,
        ignore_changes=tuple(request.ignoreChanges),
    )


def delete_request(request: provider_pb2.DeleteRequest) -> DeleteRequest:
    """Return the decoded request."""
    return DeleteRequest(
        id=request.id,
        urn=request.urn,
        type=request.type or _type_of(request.urn),
        name=request.name or _name_of(request.urn),
        properties=decode(request.properties),
        old_inputs=decode(request.old_inputs),
        timeout=request.timeout,
    )


def check_response(result: CheckResult, *, keep_secrets: bool) -> provider_pb2.CheckResponse:
    """Return the encoded result."""
    inputs = encode(result.inputs, keep_secrets=keep_secrets)
    return provider_pb2.CheckResponse(inputs=inputs, failures=failures(result.failures))


def failures(found: Iterable[CheckFailure]) -> list[provider_pb2.CheckFailure]:
    """Return the encoded failures."""
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in found]


def diff_response(result: DiffResult) -> provider_pb2.DiffResponse:
    """Return the encoded result: detailed lines by path, keys and replaces by top-level property."""
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if result.changes else response.DIFF_NONE,
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(
                kind=provider_pb2.PropertyDiff.Kind.Value(change.kind.value), inputDiff=change.input_diff
            )
            for path, change in result.detailed.items()
        },
        diffs=dict.fromkeys(top_level(path) for path in result.detailed),
        replaces=dict.fromkeys(top_level(path) for path in result.replaces),
        deleteBeforeReplace=result.delete_before_replace,
        stables=result.stables,
    )


def _autonaming(request: provider_pb2.CheckRequest) -> Autonaming | None:
    if not request.HasField("autonaming"):
        return None
    options = provider_pb2.CheckRequest.AutonamingOptions
    modes: dict[int, Literal["propose", "enforce", "disable"]] = {
        options.PROPOSE: "propose",
        options.ENFORCE: "enforce",
        options.DISABLE: "disable",
    }
    return Autonaming(request.autonaming.proposed_name, modes[request.autonaming.mode])


def _type_of(urn: str) -> str:
    """Return the type in `urn:pulumi:stack::project::parent$type::name`, for engines that send only the URN."""
    parts = urn.split("::", 3)
    return parts[2].rsplit("$", 1)[-1] if len(parts) > 3 else ""  # noqa: PLR2004 - the four parts of a URN


def _name_of(urn: str) -> str:
    parts = urn.split("::", 3)
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 - the four parts of a URN
