"""What an operation would bring, asked of the API server without doing it, or as far as it can be known without one."""

__all__ = ["preview_create", "preview_update"]

import copy
from typing import Any

from lab.plugins.kubernetes import state
from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.kinds import from_manifest
from lab.plugins.kubernetes.manifest import Manifest, api_version_of, metadata_of, pluck, to_manifest
from lab.plugins.kubernetes.normalization import normalize
from lab.plugins.kubernetes.session import Session
from lab.plugins.kubernetes.updating import update_object
from lab.plugins.protocol.requests import CreateRequest, UpdateRequest
from lab.plugins.protocol.values import UNKNOWN, Properties, contains_unknown

# What the server fills in and keeps as long as the object lives, by kind.
_IDENTITY = (("metadata", "uid"), ("metadata", "creationTimestamp"))
_KEPT: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("", "Service"): (("spec", "clusterIP"), ("spec", "clusterIPs")),
    ("", "PersistentVolumeClaim"): (("spec", "volumeName"),),
    ("", "Pod"): (("spec", "nodeName"),),
    ("batch", "Job"): (("spec", "selector"),),
}
_CHANGING = (("metadata", "resourceVersion"), ("metadata", "generation"))


def _server_fields(manifest: Manifest) -> tuple[tuple[str, ...], ...]:
    named = from_manifest(manifest)
    return (*_IDENTITY, *_KEPT.get((named.group, named.kind), ()))


def _set(target: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    parent = pluck(target, *path[:-1])
    if isinstance(parent, dict) and not (path[-1] in parent and value is UNKNOWN):
        parent[path[-1]] = value


def _from_inputs(inputs: Properties, recorded: Manifest | None = None) -> Properties:
    """Return the inputs as outputs: what the server fills in is as recorded, or not known."""
    outputs = copy.deepcopy(inputs)
    for path in _server_fields(inputs):
        kept = pluck(recorded, *path) if recorded else None
        _set(outputs, path, UNKNOWN if kept is None else kept)
    for path in _CHANGING:
        _set(outputs, path, UNKNOWN)
    return outputs


def _of_new_object(outputs: Properties, inputs: Manifest) -> Properties:
    """Return the outputs of a dry run without what the real run will decide anew, and in place."""
    for path in (*_server_fields(inputs), *_CHANGING):
        parent = pluck(outputs, *path[:-1])
        if isinstance(parent, dict) and pluck(inputs, *path) is None:
            parent[path[-1]] = UNKNOWN
    metadata_of(outputs).pop("managedFields", None)
    return outputs


async def preview_create(session: Session | None, request: CreateRequest, manager: str, *, patch: bool) -> Properties:
    """Return the outputs to expect; raise ApiError where the server would refuse the object."""
    inputs = to_manifest(request.properties)
    if session is None or patch or contains_unknown(inputs) or not await session.cluster.knows(inputs):
        return _from_inputs(request.properties)
    try:
        live = await session.cluster.create(inputs, manager, dry_run=True, warnings=[])
    except ApiError as error:
        # Not there yet, still there, or not ours to ask: the real run will show.
        if error.forbidden or error.namespace_missing or error.already_exists or "dry run" in error.message:
            return _from_inputs(request.properties)
        raise
    live.pop("status", None)
    outputs = state.compose(inputs, live, request.properties, api_version=api_version_of(inputs), manager=manager)
    return _of_new_object(outputs, inputs)


async def preview_update(
    session: Session | None, request: UpdateRequest, managers: tuple[str, str], *, patch: bool
) -> Properties:
    """Return the outputs to expect; raise ApiError where the server would refuse the change."""
    inputs = normalize(to_manifest(request.news))
    recorded = state.read(request.olds)
    if session is None or contains_unknown(inputs) or not await session.cluster.knows(inputs):
        return _from_inputs(request.news, recorded.live)
    try:
        live = await update_object(
            session,
            request.urn,
            inputs,
            recorded,
            managers,
            ignored=request.ignore_changes,
            patch=patch,
            dry_run=True,
        )
    except ApiError as error:
        if error.forbidden or "dry run" in error.message:
            return _from_inputs(request.news, recorded.live)
        raise
    api_version = recorded.initial_api_version or api_version_of(inputs)
    return state.compose(inputs, live, request.news, api_version=api_version, manager=managers[1])
