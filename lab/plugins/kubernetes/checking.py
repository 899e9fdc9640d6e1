"""Completing a program's inputs: names, namespaces, and what means the same made to look the same."""

__all__ = ["Scopes", "check_object"]

from core.errors import UsageError
from lab.plugins.kubernetes import state
from lab.plugins.kubernetes.discovery import UnknownKindError
from lab.plugins.kubernetes.kinds import (
    GroupVersionKind,
    from_manifest,
    from_token,
    is_custom_definition,
    is_list_type,
    is_patch_type,
)
from lab.plugins.kubernetes.manifest import (
    Manifest,
    api_version_of,
    kind_of,
    metadata_of,
    pluck,
    set_namespace,
    to_manifest,
    to_properties,
)
from lab.plugins.kubernetes.naming import assign_name, is_named, keep_old_name
from lab.plugins.kubernetes.normalization import normalize
from lab.plugins.kubernetes.session import Session
from lab.plugins.protocol.requests import CheckRequest
from lab.plugins.protocol.values import Properties


class Scopes:
    """Which kinds live in namespaces: the built-in ones, those of this program's definitions, the cluster's."""

    def __init__(self) -> None:
        self._defined: dict[tuple[str, str], bool] = {}

    def learn(self, definition: Manifest) -> None:
        """Take note of a CustomResourceDefinition of the program."""
        group, kind = pluck(definition, "spec", "group"), pluck(definition, "spec", "names", "kind")
        if isinstance(group, str) and isinstance(kind, str):
            self._defined[group, kind] = pluck(definition, "spec", "scope") != "Cluster"

    async def namespaced(self, kind: GroupVersionKind, session: Session | None) -> bool:
        """Return whether objects of `kind` live in a namespace; true where nobody can tell yet."""
        if kind.namespaced is not None:
            return kind.namespaced
        known = self._defined.get((kind.group, kind.kind))
        if known is not None:
            return known
        if session is None:
            return True
        try:
            return (await session.cluster.discovery.find(kind)).namespaced
        except UnknownKindError:
            return True


def _complete_kind(manifest: Manifest, token: str) -> None:
    named = from_token(token)
    if not kind_of(manifest):
        manifest["kind"] = named.kind
    if not api_version_of(manifest):
        manifest["apiVersion"] = named.api_version


async def check_object(request: CheckRequest, session: Session | None, scopes: Scopes, namespace: str) -> Properties:
    """Return the completed inputs; raise UsageError for inputs that cannot become an object.

    `namespace` is for objects that name none.
    """
    if is_list_type(request.type):
        raise UsageError(
            f"The resource type '{request.type}' is a list, which cannot be created; use a resource for each item."
        )
    manifest = to_manifest(request.news)
    _complete_kind(manifest, request.type)
    manifest = normalize(manifest)
    if is_patch_type(request.type, manifest):
        if not is_named(manifest):
            raise UsageError(f"The patch resource '{request.name}' has no 'metadata.name': it must name its object.")
    elif metadata_of(manifest).get("generateName") and not is_named(manifest):
        raise UsageError(
            f"The resource '{request.name}' has 'metadata.generateName', which server-side apply does not support; "
            "set 'metadata.name', or neither to get a name from the resource's."
        )
    elif request.olds:
        keep_old_name(manifest, to_manifest(request.olds))
        assign_name(manifest, request.name, request.random_seed, request.autonaming)
    else:
        assign_name(manifest, request.name, request.random_seed, request.autonaming)
    kind = from_manifest(manifest)
    if "namespace" not in metadata_of(manifest) and await scopes.namespaced(kind, session):
        set_namespace(manifest, namespace)
    if is_custom_definition(manifest):
        scopes.learn(manifest)
    return state.mark_secrets(to_properties(manifest), request.news)
