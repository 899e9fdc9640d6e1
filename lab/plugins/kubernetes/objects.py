"""Creating, reading, updating and deleting objects, with the waits and the state that belong to it."""

__all__ = ["ObjectOperations"]

from core.errors import SptFlowError
from lab.plugins.kubernetes import state
from lab.plugins.kubernetes.annotations import SKIP_AWAIT, is_true, timeout_seconds
from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.creation import create_object
from lab.plugins.kubernetes.deletion import delete_object
from lab.plugins.kubernetes.discovery import UnknownKindError
from lab.plugins.kubernetes.drift import inputs_of_unknown_origin, refreshed_inputs
from lab.plugins.kubernetes.kinds import from_token, is_patch_type
from lab.plugins.kubernetes.manifest import (
    Manifest,
    api_version_of,
    kind_of,
    name_of,
    to_manifest,
    to_properties,
    uid_of,
)
from lab.plugins.kubernetes.naming import compose_id, parse_id
from lab.plugins.kubernetes.normalization import normalize
from lab.plugins.kubernetes.ownership import field_manager
from lab.plugins.kubernetes.preview import preview_create, preview_update
from lab.plugins.kubernetes.reach import Reach
from lab.plugins.kubernetes.readiness.registry import rule_for
from lab.plugins.kubernetes.readiness.waiting import NotReadyError, check_ready, wait_ready
from lab.plugins.kubernetes.session import Session
from lab.plugins.kubernetes.settings import ProviderSettings
from lab.plugins.kubernetes.updating import relinquish, update_object
from lab.plugins.protocol.errors import ResourceNotReadyError
from lab.plugins.protocol.host import Host, Severity
from lab.plugins.protocol.requests import CreateRequest, DeleteRequest, ReadRequest, UpdateRequest
from lab.plugins.protocol.results import CreateResult, ReadResult
from lab.plugins.protocol.values import Properties

_DELETE_TIMEOUT = 600.0
_INVALID = 422


class ObjectOperations:
    """The operations on objects of one cluster."""

    def __init__(self, reach: Reach, host: Host, settings: ProviderSettings) -> None:
        self._reach = reach
        self._host = host
        self._settings = settings

    async def _ready(
        self, session: Session, urn: str, inputs: Manifest, live: Manifest, patience: float, *, created: bool
    ) -> Manifest:
        rule = rule_for(inputs)
        if rule is None or is_true(inputs, SKIP_AWAIT):
            return live
        seconds = timeout_seconds(patience, inputs, rule.timeout)
        return await wait_ready(session, urn, live, rule, patience=seconds, created=created)

    async def create(self, request: CreateRequest) -> CreateResult:
        """Create the object and wait until it is ready."""
        inputs = to_manifest(request.properties)
        patch = is_patch_type(request.type, inputs)
        manager = field_manager(request.urn, "", inputs)
        if request.preview:
            session = await self._reach.session()
            return CreateResult("", await preview_create(session, request, manager, patch=patch))
        session = await self._reach.require()
        session.protect(request.urn, request.properties)
        live = await create_object(session, request.urn, inputs, manager, patch=patch)
        not_ready: NotReadyError | None = None
        try:
            live = await self._ready(session, request.urn, inputs, live, request.timeout, created=True)
        except NotReadyError as error:
            live, not_ready = error.live, error
        outputs = state.compose(inputs, live, request.properties, api_version=api_version_of(inputs), manager=manager)
        if not_ready is not None:
            raise ResourceNotReadyError(compose_id(live), outputs, request.properties, not_ready.reasons)
        return CreateResult(compose_id(live), outputs)

    async def update(self, request: UpdateRequest) -> Properties:
        """Change the object and wait until it is ready again."""
        inputs = normalize(to_manifest(request.news))
        recorded = state.read(request.olds)
        patch = is_patch_type(request.type, inputs)
        managers = (
            field_manager(request.urn, recorded.field_manager, recorded.inputs),
            field_manager(request.urn, recorded.field_manager, inputs),
        )
        if request.preview:
            return await preview_update(await self._reach.session(), request, managers, patch=patch)
        session = await self._reach.require()
        session.protect(request.urn, request.news, request.olds)
        live = await update_object(
            session, request.urn, inputs, recorded, managers, ignored=request.ignore_changes, patch=patch
        )
        not_ready: NotReadyError | None = None
        try:
            live = await self._ready(session, request.urn, inputs, live, request.timeout, created=False)
        except NotReadyError as error:
            live, not_ready = error.live, error
        api_version = recorded.initial_api_version or api_version_of(inputs)
        outputs = state.compose(inputs, live, request.news, api_version=api_version, manager=managers[1])
        if not_ready is not None:
            raise ResourceNotReadyError(compose_id(live), outputs, request.news, not_ready.reasons)
        return outputs

    async def read(self, request: ReadRequest) -> ReadResult:
        """Read the object for a refresh or an import; one that is not ready is reported as such."""
        session = await self._reach.require()
        session.remember(request.urn, request.properties)
        session.protect(request.urn, request.inputs or {}, request.properties)
        recorded = state.read(request.properties)
        given = normalize(to_manifest(request.inputs or {}))
        live = await self._live(session, request, given or recorded.live)
        if live is None:
            return ReadResult(None)
        known = bool(given) and bool(recorded.live)
        inputs = refreshed_inputs(given, recorded.live, live) if known else inputs_of_unknown_origin(live)
        secrecy = request.inputs or {}
        outputs = state.compose(
            inputs,
            live,
            secrecy,
            api_version=recorded.initial_api_version or api_version_of(live),
            manager=field_manager(request.urn, recorded.field_manager, inputs),
        )
        input_properties = state.mark_secrets(to_properties(inputs), secrecy)
        resource_id = request.id or compose_id(live)
        rule = rule_for(inputs) if known and not is_true(inputs, SKIP_AWAIT) else None
        if rule is not None:
            try:
                await check_ready(session, request.urn, live, rule)
            except NotReadyError as error:
                raise ResourceNotReadyError(resource_id, outputs, input_properties, error.reasons) from None
        return ReadResult(resource_id, outputs, input_properties)

    async def _live(self, session: Session, request: ReadRequest, known: Manifest) -> Manifest | None:
        """Return the live object the ID names, or None when it or its kind is gone."""
        namespace, name = parse_id(request.id)
        named = from_token(request.type)
        wanted: Manifest = {
            "apiVersion": api_version_of(known) or named.api_version,
            "kind": kind_of(known) or named.kind.removesuffix("Patch" if named.built_in else ""),
            "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        }
        try:
            return await session.cluster.get(wanted)
        except UnknownKindError:
            return None

    async def delete(self, request: DeleteRequest) -> None:
        """Delete the object and wait until it is gone; a patch only lets go of its fields."""
        session = await self._reach.require()
        recorded = state.read(request.properties)
        inputs = recorded.inputs or to_manifest(request.old_inputs)
        live = recorded.live if name_of(recorded.live) else {**inputs, "metadata": _identity(request.id)}
        session.protect(request.urn, request.properties)
        session.forget(request.urn, uid_of(live))
        try:
            if is_patch_type(request.type, live):
                manager = field_manager(request.urn, recorded.field_manager, inputs)
                await self._let_go(session, live, manager)
            elif uid_of(live) in session.adopted:
                message = "The object stays: its replacement in this run is this same object."
                await self._host.log(Severity.WARNING, message, request.urn)
            else:
                timeout = timeout_seconds(request.timeout, inputs, _DELETE_TIMEOUT)
                await delete_object(session, request.urn, inputs, live, timeout)
        except UnknownKindError:
            return  # the kind is gone, and its objects with it

    async def _let_go(self, session: Session, live: Manifest, manager: str) -> None:
        try:
            if await session.cluster.get(live) is not None:
                await relinquish(session, live, manager)
        except ApiError as error:
            if error.status != _INVALID:
                raise
            raise SptFlowError(
                f"The patch cannot let go of its fields, since one of them is required and nobody else manages it: "
                f"{error.message} Set the option 'retain_on_delete', or have another manager take the field first."
            ) from None


def _identity(resource_id: str) -> dict[str, str]:
    namespace, name = parse_id(resource_id)
    return {"name": name, **({"namespace": namespace} if namespace else {})}
