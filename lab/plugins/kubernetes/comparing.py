"""Comparing what state has with what the program wants now."""

__all__ = ["diff_object"]

from lab.plugins.kubernetes import state
from lab.plugins.kubernetes.annotations import REPLACE_UNREADY, is_true
from lab.plugins.kubernetes.checking import Scopes
from lab.plugins.kubernetes.difference import compare
from lab.plugins.kubernetes.kinds import from_manifest, is_patch_type
from lab.plugins.kubernetes.manifest import (
    Manifest,
    kind_of,
    metadata_of,
    name_of,
    namespace_of,
    set_name,
    set_namespace,
    to_manifest,
)
from lab.plugins.kubernetes.naming import is_autonamed
from lab.plugins.kubernetes.normalization import normalize
from lab.plugins.kubernetes.readiness.job import judge
from lab.plugins.kubernetes.readiness.verdict import Surroundings
from lab.plugins.kubernetes.replacement import Mutability, replacing_fields
from lab.plugins.kubernetes.session import Session
from lab.plugins.protocol.host import Host, Severity
from lab.plugins.protocol.requests import DiffRequest
from lab.plugins.protocol.results import DiffResult


def _settle_namespace(manifest: Manifest, *, namespaced: bool) -> None:
    if not namespaced:
        metadata_of(manifest).pop("namespace", None)
    elif "namespace" not in metadata_of(manifest):
        set_namespace(manifest, "default")


async def _unready_job(session: Session | None, host: Host, urn: str, new: Manifest, live: Manifest) -> bool:
    """Return whether the program wants an unfinished Job replaced, and this is one."""
    if not is_true(new, REPLACE_UNREADY):
        return False
    if kind_of(new) != "Job" or session is None:
        why = "there is no cluster to ask" if session is None else f"it has no meaning for a {kind_of(new)}"
        await host.log(Severity.WARNING, f"The annotation '{REPLACE_UNREADY}' is ignored: {why}.", urn)
        return False
    current = await session.cluster.get(live)
    return current is not None and not judge(current, Surroundings()).ready


async def diff_object(
    request: DiffRequest, session: Session | None, host: Host, scopes: Scopes, mutability: Mutability
) -> DiffResult:
    """Return what an update would change, and whether it takes a replacement.

    The inputs in state are compared with the new ones. A refresh has put into them what changed in the cluster.
    """
    recorded = state.read(request.olds)
    new = normalize(to_manifest(request.news))
    old = normalize(recorded.inputs or to_manifest(request.old_inputs))
    namespaced = await scopes.namespaced(from_manifest(new), session)
    _settle_namespace(old, namespaced=namespaced)
    _settle_namespace(new, namespaced=namespaced)
    if name_of(new) and name_of(recorded.live):
        set_name(old, name_of(recorded.live))
    fields = replacing_fields(new, mutability, patch=is_patch_type(request.type, new))
    changes = compare(old, new, fields, request.ignore_changes)
    extra: tuple[str, ...] = ()
    if await _unready_job(session, host, request.urn, new, recorded.live):
        extra = (f'metadata.annotations["{REPLACE_UNREADY}"]',)
    replaced = bool(extra) or any(change.kind.replaces for change in changes.values())
    return DiffResult(
        changes,
        delete_before_replace=replaced and _takes_the_same_place(new, recorded.live, namespaced=namespaced),
        extra_replaces=extra,
    )


def _takes_the_same_place(new: Manifest, live: Manifest, *, namespaced: bool) -> bool:
    """Return whether the old object is in the new one's way."""
    name = name_of(new)
    same_namespace = not namespaced or namespace_of(new) == (namespace_of(live) or "default")
    return bool(name) and not is_autonamed(new) and name == name_of(live) and same_namespace
