"""The cluster as the provider uses it: one object at a time, read, written, watched."""

__all__ = ["Cluster", "describe"]

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Literal

from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.connection import Connection
from lab.plugins.kubernetes.discovery import ApiResource, Discovery, UnknownKindError
from lab.plugins.kubernetes.kinds import GroupVersionKind, from_manifest
from lab.plugins.kubernetes.manifest import Manifest, kind_of, name_of, namespace_of
from lab.plugins.kubernetes.watching import watch_object

_APPLY = "application/apply-patch+yaml"
_JSON_PATCH = "application/json-patch+json"


def describe(manifest: Manifest) -> str:
    """Return how messages name an object: `Deployment 'default/web'`."""
    namespace = namespace_of(manifest)
    return f"{kind_of(manifest)} '{namespace + '/' if namespace else ''}{name_of(manifest)}'"


class Cluster:
    """Objects of one cluster. Manifests passed in name their kind, name and namespace."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.discovery = Discovery(connection)

    async def knows(self, manifest: Manifest) -> bool:
        """Return whether the cluster has the object's kind."""
        try:
            await self.discovery.find(from_manifest(manifest))
        except UnknownKindError:
            return False
        return True

    async def _place(self, manifest: Manifest) -> ApiResource:
        return await self.discovery.find(from_manifest(manifest))

    async def get(self, manifest: Manifest) -> Manifest | None:
        """Return the live object, or None when there is none."""
        path = (await self._place(manifest)).path(namespace_of(manifest), name_of(manifest))
        try:
            return await self.connection.request("GET", path, subject=describe(manifest))
        except ApiError as error:
            if error.not_found:
                return None
            raise

    async def create(self, manifest: Manifest, manager: str, *, dry_run: bool, warnings: list[str]) -> Manifest:
        """Create the object; refused with `already_exists` when there is one."""
        place = await self._place(manifest)
        return await self.connection.request(
            "POST",
            place.path(namespace_of(manifest)),
            subject=describe(manifest),
            params=_write_options(manager, dry_run=dry_run),
            body=_placed(manifest, place),
            warnings=warnings,
        )

    async def apply(
        self, manifest: Manifest, manager: str, *, force: bool, dry_run: bool = False, warnings: list[str] | None = None
    ) -> Manifest:
        """Apply the object server-side: create it, or change the fields `manager` owns."""
        place = await self._place(manifest)
        return await self.connection.request(
            "PATCH",
            place.path(namespace_of(manifest), name_of(manifest)),
            subject=describe(manifest),
            params={**_write_options(manager, dry_run=dry_run), "force": "true" if force else "false"},
            body=_placed(manifest, place),
            content_type=_APPLY,
            warnings=warnings,
        )

    async def replace_managed_fields(self, live: Manifest, fields: list[dict[str, Any]]) -> Manifest:
        """Rewrite who manages what, unless the object changed since `live` was read."""
        path = (await self._place(live)).path(namespace_of(live), name_of(live))
        patch = [
            {"op": "test", "path": "/metadata/resourceVersion", "value": live["metadata"]["resourceVersion"]},
            {"op": "replace", "path": "/metadata/managedFields", "value": fields},
        ]
        return await self.connection.request(
            "PATCH", path, subject=describe(live), body=patch, content_type=_JSON_PATCH
        )

    async def delete(
        self, manifest: Manifest, propagation: Literal["Orphan", "Background", "Foreground"]
    ) -> Manifest | None:
        """Ask for the object's deletion; None when there was none."""
        path = (await self._place(manifest)).path(namespace_of(manifest), name_of(manifest))
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        try:
            return await self.connection.request("DELETE", path, subject=describe(manifest), body=body)
        except ApiError as error:
            if error.not_found:
                return None
            raise

    async def find_all(
        self, kind: GroupVersionKind, namespace: str, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Return the objects of `kind` in `namespace` that the selectors choose."""
        place = await self.discovery.find(kind)
        params = {key: value for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}
        subject = f"The list of {kind.kind} objects in the namespace '{namespace}'"
        answer = await self.connection.request("GET", place.path(namespace), subject=subject, params=params)
        return [{"apiVersion": kind.api_version, "kind": kind.kind, **item} for item in answer.get("items") or []]

    async def watch(self, manifest: Manifest) -> AsyncGenerator[Manifest | None, None]:
        """Yield the object as it is now and after every change; None when it is gone."""
        place = await self._place(manifest)
        async for live in watch_object(self.connection, place.path(namespace_of(manifest)), manifest):
            yield live


def _write_options(manager: str, *, dry_run: bool) -> dict[str, str]:
    options = {"fieldManager": manager, "fieldValidation": "Warn"}
    return {**options, "dryRun": "All"} if dry_run else options


def _placed(manifest: Manifest, place: ApiResource) -> Mapping[str, Any]:
    """Return the object without a namespace where its kind has none."""
    if place.namespaced or "namespace" not in manifest.get("metadata", {}):
        return manifest
    metadata = {key: value for key, value in manifest["metadata"].items() if key != "namespace"}
    return {**manifest, "metadata": metadata}
