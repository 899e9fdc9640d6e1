"""The Kubernetes API as a job asks it: one request after the other, each failure one sentence."""

__all__ = ["ClusterApi", "ClusterClient", "ClusterError"]

import asyncio
import json
import os
import ssl
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import httpx
import kr8s
import kr8s.asyncio

from core.errors import SptFlowError

_TIMEOUT_SECONDS: Final = 30.0
_UNREACHABLE: Final = (httpx.HTTPError, ssl.SSLError, kr8s.APITimeoutError, OSError)
_MERGE_PATCH: Final = "application/merge-patch+json"
_JSON: Final = "application/json"
_Some = TypeVar("_Some")


class ClusterError(SptFlowError):
    """The Kubernetes API could not be reached, or refused; `status` is the HTTP status, 0 if there was no answer."""

    def __init__(self, message: str, *, status: int = 0, next_command: str | None = None) -> None:
        super().__init__(message, next_command=next_command)
        self.status = status


class ClusterApi:
    """A connection to the API; where that is, is found as every client finds it: KUBECONFIG, else the pod's account."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: kr8s.asyncio.Api | None = None

    def close(self) -> None:
        """End the connection."""
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, _Some], subject: str) -> _Some:
        """Return what the work returns; raise ClusterError, which begins with the subject."""
        try:
            return self._runner.run(work)
        except kr8s.ServerError as error:
            status = 0 if error.response is None else error.response.status_code
            words = f"{subject}: the Kubernetes API answered {status or 'an error'}: {error}."
            raise ClusterError(words, status=status) from None
        except _UNREACHABLE as error:
            words = str(error) or type(error).__name__
            raise ClusterError(f"{subject}: the Kubernetes API could not be asked: {words}.") from None
        except ValueError as error:
            # kr8s finds neither a kubeconfig nor a service account, or the answer is no JSON.
            raise ClusterError(f"{subject}: the Kubernetes API could not be asked: {error}.") from None

    async def client(self) -> kr8s.asyncio.Api:
        """Return the client, made at first use."""
        # kr8s keeps its clients by weak references only: held here, connections are used again.
        if self._client is None:
            self._client = await kr8s.asyncio.api(kubeconfig=os.environ.get("KUBECONFIG") or None)
            self._client.timeout = _TIMEOUT_SECONDS
        return self._client

    async def send(
        self, method: str, namespace: str, url: str, body: Mapping[str, Any] | None = None, *, group: str = "v1"
    ) -> dict[str, Any]:
        """Send one request about objects of a namespace and return the answer; a PATCH is a merge patch.

        `group` is the API group with its version, such as "apps/v1"; `url` the plural, and name and more after it.
        """
        api = await self.client()
        more: dict[str, Any] = {}
        if body is not None:
            kind = _MERGE_PATCH if method == "PATCH" else _JSON
            more = {"content": json.dumps(body), "headers": {"Content-Type": kind}}
        async with api.call_api(method, version=group, namespace=namespace, url=url, **more) as answer:
            found: dict[str, Any] = answer.json()
            return found


class ClusterClient:
    """What asks the API about some objects, over a connection that ends with the block it is used in."""

    def __init__(self) -> None:
        self._api = ClusterApi()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.close()
