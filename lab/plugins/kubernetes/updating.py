"""Changing objects by server-side apply."""

__all__ = ["apply_object", "relinquish", "say_warnings", "update_object"]

import copy
from collections.abc import Sequence

from core.errors import SptFlowError
from lab.plugins.kubernetes.annotations import PATCH_FORCE, is_true
from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.cluster import describe
from lab.plugins.kubernetes.drift import without_dropped
from lab.plugins.kubernetes.manifest import Manifest, metadata_of, name_of, namespace_of, pluck
from lab.plugins.kubernetes.ownership import owned_by_others_only, take_over
from lab.plugins.kubernetes.session import Session
from lab.plugins.kubernetes.state import Checkpoint
from lab.plugins.protocol.host import Severity
from lab.plugins.protocol.paths import parse_path

_CONFLICT = 409
_TAKE_OVER_ATTEMPTS = 5


async def say_warnings(session: Session, urn: str, warnings: Sequence[str]) -> None:
    """Show what the API server warns of, such as fields it does not know."""
    redact = session.redactor(urn)
    for warning in dict.fromkeys(warnings):
        await session.host.log(Severity.WARNING, f"The API server warns: {redact(warning).rstrip('.')}.", urn)


def _settle_ignored(manifest: Manifest, live: Manifest, manager: str, ignored: Sequence[str]) -> None:
    """Leave ignored fields to whoever manages them, in place: dropped if others do, else as they are in the cluster."""
    for written in ignored:
        path = parse_path(written)
        names = tuple(step for step in path if isinstance(step, str))
        if len(names) != len(path) or "*" in names:
            continue  # elements of lists have no place of their own in managed fields
        parent = pluck(manifest, *names[:-1]) if len(names) > 1 else manifest
        if not isinstance(parent, dict):
            continue
        current = pluck(live, *names)
        if owned_by_others_only(live, names, manager):
            parent.pop(names[-1], None)
        elif current is not None:
            parent[names[-1]] = copy.deepcopy(current)


async def _take_over(session: Session, live: Manifest, manager: str) -> Manifest:
    """Make `manager` the owner of what its predecessors own; return the object as it is then."""
    for attempt in range(_TAKE_OVER_ATTEMPTS):
        fields = take_over(live, manager)
        if fields is None:
            return live
        try:
            return await session.cluster.replace_managed_fields(live, fields)
        except ApiError as error:
            # A controller wrote in between; look again.
            if error.status not in {_CONFLICT, 422} or attempt == _TAKE_OVER_ATTEMPTS - 1:
                raise
        live = await session.cluster.get(live) or live
    return live


async def apply_object(
    session: Session,
    urn: str,
    manifest: Manifest,
    live: Manifest,
    manager: str,
    *,
    ignored: Sequence[str] = (),
    patch: bool = False,
    dry_run: bool = False,
) -> Manifest:
    """Apply `manifest`, which may be changed for it, over `live` and return the result.

    Raise ConflictError where a field belongs to another manager.
    """
    predecessors = not patch and take_over(live, manager) is not None
    force = session.settings.patch_force or is_true(manifest, PATCH_FORCE) or not metadata_of(live).get("managedFields")
    if predecessors and dry_run:
        force = True  # the real run takes over first, so what collides now will not collide then
    elif predecessors:
        live = await _take_over(session, live, manager)
    _settle_ignored(manifest, live, manager, ignored)
    warnings: list[str] = []
    result = await session.cluster.apply(manifest, manager, force=force, dry_run=dry_run, warnings=warnings)
    if not dry_run:
        await say_warnings(session, urn, warnings)
    return result


async def update_object(
    session: Session,
    urn: str,
    manifest: Manifest,
    recorded: Checkpoint,
    managers: tuple[str, str],
    *,
    ignored: Sequence[str] = (),
    patch: bool = False,
    dry_run: bool = False,
) -> Manifest:
    """Bring the object `recorded` in state to `manifest`; `managers` are the old and the new field manager.

    Raise SptFlowError when the object is gone.
    """
    live = await session.cluster.get({**manifest, "metadata": _identity(recorded.live) or _identity(manifest)})
    if live is None:
        raise SptFlowError(
            f"{describe(manifest)} is gone: it was deleted outside of this program.", next_command="pulumi refresh"
        )
    wanted: Manifest = without_dropped(manifest, recorded.inputs, live)
    result = await apply_object(
        session, urn, copy.deepcopy(wanted), live, managers[1], ignored=ignored, patch=patch, dry_run=dry_run
    )
    if managers[0] != managers[1] and not dry_run:
        await relinquish(session, result, managers[0])
    return result


def _identity(manifest: Manifest) -> dict[str, str]:
    identity = {"name": name_of(manifest), "namespace": namespace_of(manifest)}
    return {key: value for key, value in identity.items() if value}


async def relinquish(session: Session, live: Manifest, manager: str) -> None:
    """Give up every field of the object that `manager` owns; those without another manager are removed."""
    bare = {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": _identity(live)}
    await session.cluster.apply(bare, manager, force=False)
