"""Creating objects: refused where one exists already, unless an interrupted run of ours left it."""

__all__ = ["create_object"]

import copy

from lab.plugins.kubernetes.annotations import PATCH_FORCE, is_true
from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.cluster import describe
from lab.plugins.kubernetes.discovery import UnknownKindError
from lab.plugins.kubernetes.manifest import Manifest, uid_of
from lab.plugins.kubernetes.ownership import has_manager
from lab.plugins.kubernetes.session import Session
from lab.plugins.kubernetes.updating import apply_object, say_warnings

_PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds between attempts while the namespace or the kind is missing: another program may be about to create it."""


async def create_object(session: Session, urn: str, manifest: Manifest, manager: str, *, patch: bool) -> Manifest:
    """Return the created object; `patch` lays fields over an object that something else owns.

    Raise ApiError or UnknownKindError when the cluster refuses it.
    """
    attempts = iter(_PAUSES)
    while True:
        try:
            return await _attempt(session, urn, manifest, manager, patch=patch)
        except (ApiError, UnknownKindError) as error:
            pause = next(attempts, None)
            missing = isinstance(error, UnknownKindError) or error.not_found
            if pause is None or not missing or (isinstance(error, UnknownKindError) and error.kind.built_in):
                raise
            await session.host.status(f"{error.message} Trying again in {pause:g} s", urn)
            await session.host.pause(pause, f"The creation of {describe(manifest)}")


async def _attempt(session: Session, urn: str, manifest: Manifest, manager: str, *, patch: bool) -> Manifest:
    if patch or session.settings.upsert_existing:
        force = session.settings.patch_force or is_true(manifest, PATCH_FORCE)
        warnings: list[str] = []
        live = await session.cluster.apply(manifest, manager, force=force, warnings=warnings)
    else:
        warnings = []
        try:
            live = await session.cluster.create(manifest, manager, dry_run=False, warnings=warnings)
        except ApiError as error:
            if not error.already_exists:
                raise
            return await _adopt(session, urn, manifest, manager, error)
    await say_warnings(session, urn, warnings)
    return live


async def _adopt(session: Session, urn: str, manifest: Manifest, manager: str, refusal: ApiError) -> Manifest:
    """Take over the object that is in the way if this resource's manager made it and no state has it."""
    live = await session.cluster.get(manifest)
    if live is None:  # it was on its way out: the next attempt finds the name free
        raise ApiError(f"{describe(manifest)} was just being deleted.", status=404)
    ours = has_manager(live, manager) and uid_of(live) not in session.recorded.get(urn, set())
    if not ours or live["metadata"].get("deletionTimestamp"):
        raise ApiError(
            f"{describe(manifest)} exists already in the cluster and is not this resource's. Import it, give the "
            "resource an alias if it was renamed in the program, manage single fields with a Patch resource, or set "
            "'upsertExistingObjects' on the provider.",
            status=refusal.status,
            reason=refusal.reason,
        )
    await session.host.status("Taking over the object an interrupted run has left", urn)
    adopted = await apply_object(session, urn, copy.deepcopy(manifest), live, manager)
    session.adopted.add(uid_of(adopted))
    return adopted
