"""Where the API server keeps the objects of a kind: asked once per API group and run, again when a kind is missing."""

__all__ = ["ApiResource", "Discovery", "UnknownKindError"]

import asyncio
from dataclasses import dataclass
from typing import Any

from core.errors import SptFlowError
from lab.plugins.kubernetes.api_errors import ApiError
from lab.plugins.kubernetes.connection import Connection
from lab.plugins.kubernetes.kinds import GroupVersionKind


class UnknownKindError(SptFlowError):
    """The cluster has no such kind: a CustomResourceDefinition is missing, or the API version is not served."""

    def __init__(self, kind: GroupVersionKind) -> None:
        what = "its API version is not served" if kind.built_in else "its CustomResourceDefinition is missing"
        super().__init__(f"The cluster does not know the kind '{kind}': {what}.")
        self.kind = kind


@dataclass(frozen=True)
class ApiResource:
    """A kind as the API server serves it."""

    kind: GroupVersionKind
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str | None = None) -> str:
        """Return the URL path of one object, or without a name of all."""
        root = f"/apis/{self.kind.api_version}" if self.kind.group else f"/api/{self.kind.version}"
        place = f"/namespaces/{namespace or 'default'}" if self.namespaced else ""
        return f"{root}{place}/{self.plural}" + (f"/{name}" if name else "")


class Discovery:
    """The kinds of one cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, asyncio.Task[dict[str, ApiResource]]] = {}

    async def find(self, kind: GroupVersionKind) -> ApiResource:
        """Return where objects of `kind` are; raise UnknownKindError when the cluster has no such kind."""
        for _ in range(2):
            task = self._known.get(kind.api_version)
            fresh = task is None
            if task is None:
                task = asyncio.create_task(self._ask(kind))
                self._known[kind.api_version] = task
            resources = await self._result(kind.api_version, task)
            if kind.kind in resources:
                return resources[kind.kind]
            if self._known.get(kind.api_version) is task:
                del self._known[kind.api_version]  # what is missing now may be there the next time
            if fresh:
                break
        raise UnknownKindError(kind)

    async def probe(self) -> None:
        """Find out, with little patience, whether the cluster answers us at all; raise if it does not."""
        core = GroupVersionKind("", "v1", "Namespace")
        task = self._known.get("v1") or asyncio.create_task(self._ask(core, attempts=2))
        self._known["v1"] = task
        await self._result("v1", task)

    async def _result(self, api_version: str, task: asyncio.Task[dict[str, ApiResource]]) -> dict[str, ApiResource]:
        try:
            return await asyncio.shield(task)
        except SptFlowError:
            if self._known.get(api_version) is task:
                del self._known[api_version]
            raise

    async def _ask(self, kind: GroupVersionKind, attempts: int = 5) -> dict[str, ApiResource]:
        path = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
        try:
            answer = await self._connection.request(
                "GET", path, subject=f"The API version '{kind.api_version}'", attempts=attempts
            )
        except ApiError as error:
            if error.not_found:
                return {}
            raise
        listed: list[dict[str, Any]] = answer.get("resources") or []
        return {
            entry["kind"]: ApiResource(
                GroupVersionKind(kind.group, kind.version, entry["kind"]), entry["name"], bool(entry["namespaced"])
            )
            for entry in listed
            if "/" not in entry["name"]
        }
