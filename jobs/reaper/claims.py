"""Volume claims of workspaces in the cluster: listed, marked, deleted, each change only to what was seen."""

__all__ = ["ORPHANED_SINCE", "WORKSPACE_ID", "ClaimChangedError", "ClaimStore"]

from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from kr8s.asyncio.objects import PersistentVolumeClaim

from core.errors import SptFlowError
from jobs.cluster_api import ClusterClient, ClusterError
from jobs.reaper.decision import Claim

WORKSPACE_ID: Final = "com.coder.workspace.id"
"""Label of every claim that a template makes: the workspace's id."""

ORPHANED_SINCE: Final = "spt-flow/orphaned-since"
"""Annotation on an orphaned claim: when it was first seen as one, ISO 8601 in UTC."""

_LIST: Final = "The list of volume claims"
_PLURAL: Final = "persistentvolumeclaims"
_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_Some = TypeVar("_Some")


class ClaimChangedError(SptFlowError):
    """The claim is not any more what it was when it was listed; nothing was done to it."""


class ClaimStore(ClusterClient):
    """The claims of one namespace that carry a workspace's id.

    Where the API is, is found as every client finds it: KUBECONFIG, else the pod's service account.
    """

    def __init__(self, namespace: str) -> None:
        super().__init__()
        self._namespace = namespace

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
            return self._api.run(work, subject)
        except ClusterError as error:
            if error.status in (_CONFLICT, _NOT_FOUND) and subject != _LIST:
                raise ClaimChangedError(
                    f"{subject} changed or went in the meantime; the next run looks again."
                ) from None
            raise

    async def _list_all(self) -> list[Claim]:
        api = await self._api.client()
        found = api.get(PersistentVolumeClaim, namespace=self._namespace, label_selector=WORKSPACE_ID, raw=True)
        return [_claim(manifest) async for manifest in found if isinstance(manifest, dict)]

    async def _annotate(self, claim: Claim, value: str | None) -> None:
        # With the version that was seen, the API refuses the change of a claim that has changed since.
        metadata = {"resourceVersion": claim.resource_version, "annotations": {ORPHANED_SINCE: value}}
        await self._api.send("PATCH", self._namespace, f"{_PLURAL}/{claim.name}", {"metadata": metadata})

    async def _delete(self, claim: Claim) -> None:
        seen = {"uid": claim.uid, "resourceVersion": claim.resource_version}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": seen, "propagationPolicy": "Background"}
        await self._api.send("DELETE", self._namespace, f"{_PLURAL}/{claim.name}", body)


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
