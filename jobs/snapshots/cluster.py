"""The Kubernetes API as this job needs it: objects by path, as JSON."""

__all__ = ["Cluster", "ClusterError", "ConflictError", "RefusedError"]

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import kr8s

from jobs.cluster_api import ClusterClient, ClusterError

_PAGE: Final = 500
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_FAULTS_OF_THE_CLIENT: Final = range(400, 500)
_MERGE_PATCH: Final = "application/merge-patch+json"


class RefusedError(ClusterError):
    """The API does not let this job do it, or does not take what it was given."""


class ConflictError(ClusterError):
    """The object is there already, or is not the one any more that was seen."""


class Cluster(ClusterClient):
    """One connection; a path is that of the API without a leading slash, `api/v1/namespaces/x/pods` for example.

    Where the API is, is found as every client finds it: KUBECONFIG, else the pod's service account.
    """

    def get(self, path: str) -> dict[str, Any] | None:
        """Return the object, or None if there is none; raise ClusterError."""
        text = self._run("GET", path, missing=True)
        return None if text is None else _parsed(text)

    def text(self, path: str) -> str:
        """Return what is at the path as it is, a log for example; raise ClusterError."""
        return self._run("GET", path) or ""

    def list(self, path: str, selector: str = "") -> list[dict[str, Any]]:
        """Return every object, however many pages the API needs; raise ClusterError unless all were read."""
        found: list[dict[str, Any]] = []
        going_on = ""
        while True:
            query = {"limit": str(_PAGE), "labelSelector": selector, "continue": going_on}
            page = _parsed(self.text(f"{path}?{urlencode({key: each for key, each in query.items() if each})}"))
            found += page["items"]
            going_on = page["metadata"].get("continue") or ""
            if not going_on:
                return found

    def create(self, path: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Create the object and return it; raise ConflictError if its name is taken, ClusterError for the rest."""
        return _parsed(self._run("POST", path, manifest) or "{}")

    def patch(self, path: str, change: Mapping[str, Any]) -> None:
        """Merge the change into the object; raise ConflictError if a version in it is not the present one."""
        self._run("PATCH", path, change)

    def delete(self, path: str, *, uid: str | None = None) -> None:
        """Delete the object, if it is the one with this uid; one that is gone is fine. Raise ConflictError."""
        seen = {} if uid is None else {"preconditions": {"uid": uid}}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", **seen}
        self._run("DELETE", path, body, missing=True)

    def _run(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, missing: bool = False
    ) -> str | None:
        try:
            return self._api.run(self._send(method, path, body, missing=missing), f"{method} {path}")
        except ClusterError as error:
            if error.status == _CONFLICT:
                raise ConflictError(error.message, status=error.status) from None
            if error.status in _FAULTS_OF_THE_CLIENT:
                raise RefusedError(error.message, status=error.status) from None
            raise

    async def _send(self, method: str, path: str, body: Mapping[str, Any] | None, *, missing: bool) -> str | None:
        client = await self._api.client()
        base, version, rest = _parts(path)
        sent: dict[str, Any] = {}
        if body is not None:
            kind = _MERGE_PATCH if method == "PATCH" else "application/json"
            sent = {"content": json.dumps(body), "headers": {"Content-Type": kind}}
        try:
            async with client.call_api(method, version=version, base=base, url=rest, **sent) as answer:
                return answer.text
        except kr8s.ServerError as error:
            if missing and error.response is not None and error.response.status_code == _NOT_FOUND:
                return None
            raise


def _parts(path: str) -> tuple[str, str, str]:
    """Split `api/v1/...` or `apis/group/version/...` as the client wants it."""
    words = path.split("/")
    length = 2 if words[0] == "api" else 3
    return f"/{words[0]}", "/".join(words[1:length]), "/".join(words[length:])


def _parsed(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ClusterError("The Kubernetes API answered something that is no object.")
    return found
