"""The Kubernetes API as this job needs it: objects by path, as JSON."""

__all__ = ["Cluster", "ClusterError", "ConflictError", "RefusedError"]

import asyncio
import json
import os
import ssl
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlencode

import httpx
import kr8s
import kr8s.asyncio

from core.errors import SptFlowError

_TIMEOUT_SECONDS: Final = 30.0
_PAGE: Final = 500
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_MERGE_PATCH: Final = "application/merge-patch+json"
_UNREACHABLE: Final = (httpx.HTTPError, ssl.SSLError, kr8s.APITimeoutError, OSError, ValueError)
_Some = TypeVar("_Some")


class ClusterError(SptFlowError):
    """The Kubernetes API could not be reached, or refused."""


class RefusedError(ClusterError):
    """The API does not let this job do it, or does not take what it was given."""


class ConflictError(ClusterError):
    """The object is there already, or is not the one any more that was seen."""


class Cluster:
    """One connection; a path is that of the API without a leading slash, `api/v1/namespaces/x/pods` for example.

    Where the API is, is found as every client finds it: KUBECONFIG, else the pod's service account.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: kr8s.asyncio.Api | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.close()

    def get(self, path: str) -> dict[str, Any] | None:
        """Return the object, or None if there is none; raise ClusterError."""
        text = self._run(self._send("GET", path, missing=True))
        return None if text is None else _parsed(text)

    def text(self, path: str) -> str:
        """Return what is at the path as it is, a log for example; raise ClusterError."""
        return self._run(self._send("GET", path)) or ""

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
        return _parsed(self._run(self._send("POST", path, manifest)) or "{}")

    def patch(self, path: str, change: Mapping[str, Any]) -> None:
        """Merge the change into the object; raise ConflictError if a version in it is not the present one."""
        self._run(self._send("PATCH", path, change, content_type=_MERGE_PATCH))

    def delete(self, path: str, *, uid: str | None = None) -> None:
        """Delete the object, if it is the one with this uid; one that is gone is fine. Raise ConflictError."""
        seen = {} if uid is None else {"preconditions": {"uid": uid}}
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background", **seen}
        self._run(self._send("DELETE", path, body, missing=True))

    def _run(self, work: Coroutine[Any, Any, _Some]) -> _Some:
        try:
            return self._runner.run(work)
        except kr8s.ServerError as error:
            status = 0 if error.response is None else error.response.status_code
            kind = ConflictError if status == _CONFLICT else RefusedError if 400 <= status < 500 else ClusterError  # noqa: PLR2004 - the client's own faults
            raise kind(f"The Kubernetes API answered {status or 'an error'}: {str(error).rstrip('.')}.") from None
        except _UNREACHABLE as error:
            # kr8s raises ValueError where it finds neither a kubeconfig nor a service account.
            words = str(error).rstrip(".") or type(error).__name__
            raise ClusterError(f"The Kubernetes API could not be asked: {words}.") from None

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        content_type: str = "application/json",
        missing: bool = False,
    ) -> str | None:
        if self._client is None:
            self._client = await kr8s.asyncio.api(kubeconfig=os.environ.get("KUBECONFIG") or None)
            self._client.timeout = _TIMEOUT_SECONDS
        base, version, rest = _parts(path)
        sent: dict[str, Any] = {}
        if body is not None:
            sent = {"content": json.dumps(body), "headers": {"Content-Type": content_type}}
        try:
            async with self._client.call_api(method, version=version, base=base, url=rest, **sent) as answer:
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
