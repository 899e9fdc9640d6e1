"""Volume claims of workspaces in the cluster: listed, marked, deleted, each change only to what was seen."""

__all__ = ["ORPHANED_SINCE", "WORKSPACE_ID", "ClaimChangedError", "ClaimStore", "ClusterError"]

import asyncio
import json
import os
import ssl
from collections.abc import Coroutine
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
import kr8s
import kr8s.asyncio
from kr8s.asyncio.objects import PersistentVolumeClaim

from core.errors import SptFlowError
from jobs.reaper.decision import Claim

WORKSPACE_ID: Final = "com.coder.workspace.id"
"""Label of every claim that a template makes: the workspace's id."""

ORPHANED_SINCE: Final = "spt-flow/orphaned-since"
"""Annotation on an orphaned claim: when it was first seen as one, ISO 8601 in UTC."""

_MERGE_PATCH: Final = "application/merge-patch+json"
_LIST: Final = "The list of volume claims"
_PLURAL: Final = "persistentvolumeclaims"
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_TIMEOUT_SECONDS: Final = 30.0
_UNREACHABLE: Final = (httpx.HTTPError, ssl.SSLError, kr8s.APITimeoutError, OSError)
_Some = TypeVar("_Some")


class ClusterError(SptFlowError):
    """The Kubernetes API could not be reached, or refused."""


class ClaimChangedError(SptFlowError):
    """The claim is not any more what it was when it was listed; nothing was done to it."""


class ClaimStore:
    """The claims of one namespace that carry a workspace's id.

    Where the API is, is found as every client finds it: KUBECONFIG, else the pod's service account.
    """

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._runner = asyncio.Runner()
        self._client: kr8s.asyncio.Api | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def list_all(self) -> list[Claim]:
        """Return every claim, however many pages the API needs; raise ClusterError unless all were read."""
        return self._run(self._list_all(), _LIST)

    def mark(self, claim: Claim, since: datetime) -> None:
        """Write the time on the claim; raise ClaimChangedError or ClusterError."""
        self._run(self._annotate(claim, since.astimezone(UTC).isoformat(timespec="seconds")), _subject(claim))

    def unmark(self, claim: Claim) -> None:
        """Take the time off the claim; raise ClaimChangedError or ClusterError."""
        self._run(self._annotate(claim, None), _subject(claim))

    def delete(self, claim: Claim) -> None:
        """Delete the claim if it is still the one that was listed, and unchanged; one that is gone is fine.

        Raise ClaimChangedError or ClusterError. A claim in use by a pod goes when the pod does.
        """
        self._run(self._delete(claim), _subject(claim))

    def _run(self, work: Coroutine[Any, Any, _Some], subject: str) -> _Some:
        try:
            return self._runner.run(work)
        except kr8s.ServerError as error:
            status = 0 if error.response is None else error.response.status_code
            if status in (_CONFLICT, _NOT_FOUND) and subject != _LIST:
                raise ClaimChangedError(
                    f"{subject} changed or went in the meantime; the next run looks again."
                ) from None
            raise ClusterError(f"{subject}: the Kubernetes API answered {status or 'an error'}: {error}.") from None
        except _UNREACHABLE as error:
            words = str(error) or type(error).__name__
            raise ClusterError(f"{subject}: the Kubernetes API could not be asked: {words}.") from None
        except ValueError as error:
            # kr8s finds neither a kubeconfig nor a service account, or the answer is no JSON.
            raise ClusterError(f"{subject}: the Kubernetes API could not be asked: {error}.") from None

    async def _api(self) -> kr8s.asyncio.Api:
        # kr8s keeps its clients by weak references only: held here, connections are used again.
        if self._client is None:
            self._client = await kr8s.asyncio.api(kubeconfig=os.environ.get("KUBECONFIG") or None)
            self._client.timeout = _TIMEOUT_SECONDS
        return self._client

    async def _list_all(self) -> list[Claim]:
        api = await self._api()
        found = api.get(PersistentVolumeClaim, namespace=self._namespace, label_selector=WORKSPACE_ID, raw=True)
        return [_claim(manifest) async for manifest in found if isinstance(manifest, dict)]

    async def _annotate(self, claim: Claim, value: str | None) -> None:
        # With the version that was seen, the API refuses the change of a claim that has changed since.
        metadata = {"resourceVersion": claim.resource_version, "annotations": {ORPHANED_SINCE: value}}
        await self._send("PATCH", claim, {"metadata": metadata}, {"Content-Type": _MERGE_PATCH})

    async def _delete(self, claim: Claim) -> None:
        seen = {"uid": claim.uid, "resourceVersion": claim.resource_version}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": seen, "propagationPolicy": "Background"}
        await self._send("DELETE", claim, body, {"Content-Type": "application/json"})

    async def _send(self, method: str, claim: Claim, body: dict[str, Any], headers: dict[str, str]) -> None:
        api = await self._api()
        async with api.call_api(
            method,
            namespace=self._namespace,
            url=f"{_PLURAL}/{claim.name}",
            content=json.dumps(body),
            headers=headers,
        ):
            pass


def _subject(claim: Claim) -> str:
    return f"The volume claim '{claim.name}'"


def _claim(manifest: dict[str, Any]) -> Claim:
    metadata = manifest["metadata"]
    return Claim(
        name=metadata["name"],
        uid=metadata["uid"],
        resource_version=metadata["resourceVersion"],
        workspace_label=metadata["labels"][WORKSPACE_ID],
        is_terminating="deletionTimestamp" in metadata,
        orphaned_since=(metadata.get("annotations") or {}).get(ORPHANED_SINCE),
    )
