"""Requests to one API server: pooled, authenticated, retried where that is safe."""

__all__ = ["Connection"]

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from lab.plugins.kubernetes.api_errors import ApiError, UnreachableError, from_response
from lab.plugins.kubernetes.credentials import Credentials, tls_context
from lab.plugins.kubernetes.kubeconfig import ClusterAccess, KubeconfigError
from lab.plugins.kubernetes.settings import ClientSettings

_ATTEMPTS = 5
_CONNECT_TIMEOUT = 5.0
_WATCH_TIMEOUT = 330.0
_OK, _UNAUTHORIZED, _TOO_MANY = 200, 401, 429
_PASSING = frozenset({_TOO_MANY, 502, 503, 504})

# The request never got through, or the server dropped the connection. Every request may be sent again: reads, applies
# and deletes say the same twice, and a creation that did get through is recognised as our own.
_TRANSPORT_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError)


def _passes(error: BaseException) -> bool:
    return isinstance(error, _TRANSPORT_ERRORS) or (isinstance(error, ApiError) and error.status in _PASSING)


_backoff = wait_exponential_jitter(multiplier=0.1, max=3.0)


def _pause(state: RetryCallState) -> float:
    """Return how long to wait before the next attempt: as long as the server asks, else a growing time."""
    error = state.outcome.exception() if state.outcome is not None else None
    asked = error.details.get("retryAfterSeconds") if isinstance(error, ApiError) else None
    return min(float(asked), 10.0) if asked else _backoff(state)


class _Throttle:
    """A token bucket: `qps` requests a second, `burst` at once. Without `qps` it lets everything through."""

    def __init__(self, settings: ClientSettings) -> None:
        self._rate = settings.qps
        self._burst = float(max(settings.burst or 1, 1))
        self._tokens = self._burst
        self._seen = time.monotonic()

    async def wait(self) -> None:
        if not self._rate:
            return
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate) - 1
        self._seen = now
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self._rate)


class Connection:
    """One cluster as one user. Opens nothing until the first request; `close` ends it.

    `server`, `context` and `namespace` say where it leads; `kubeconfig_file` leads another program there.
    """

    def __init__(self, access: ClusterAccess, settings: ClientSettings) -> None:
        self.access = access
        self.server = access.server
        self.context = access.context or "default"
        self.namespace = access.namespace
        self._settings = settings
        self._credentials = Credentials(access)
        self._throttle = _Throttle(settings)
        self._client: httpx.AsyncClient | None = None
        self._kubeconfig: int | None = None
        name = access.cluster.get("tls-server-name")
        self._extensions: dict[str, Any] = {"sni_hostname": str(name)} if name else {}

    def kubeconfig_file(self) -> Path:
        """Return a kubeconfig with this one context, readable by this user only; it lives in memory, as we do."""
        if self._kubeconfig is None:
            self._kubeconfig = os.memfd_create("kubeconfig")
            os.fchmod(self._kubeconfig, 0o600)
            os.write(self._kubeconfig, json.dumps(self.access.as_kubeconfig()).encode())
        return Path(f"/proc/{os.getpid()}/fd/{self._kubeconfig}")

    async def _opened(self) -> httpx.AsyncClient:
        if self._client is None:
            await self._credentials.header()  # an exec plugin may give the certificate the connection needs
            certificate, key = self._credentials.certificate or (None, None)
            proxy = self.access.cluster.get("proxy-url")
            try:
                self._client = httpx.AsyncClient(
                    base_url=self.server,
                    verify=tls_context(self.access, certificate, key),
                    proxy=str(proxy) if proxy else None,
                    trust_env=False,  # a proxy of the environment is for the internet, not for the cluster
                    timeout=httpx.Timeout(self._settings.timeout, connect=_CONNECT_TIMEOUT, pool=None),
                    limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
                    headers={"User-Agent": "spt-flow-kubernetes", "Accept": "application/json"},
                )
            except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
                raise KubeconfigError(f"The kubeconfig's server '{self.server}' is not a valid URL.") from None
        return self._client

    async def _headers(self) -> dict[str, str]:
        header = await self._credentials.header()
        return {"Authorization": header} if header else {}

    async def request(
        self,
        method: str,
        path: str,
        *,
        subject: str,
        params: Mapping[str, str] | None = None,
        body: object = None,
        content_type: str = "application/json",
        warnings: list[str] | None = None,
        attempts: int = _ATTEMPTS,
    ) -> dict[str, Any]:
        """Return the answer's JSON; `warnings` collects the server's warnings.

        Raise ApiError when the server refuses, UnreachableError when it cannot be reached; `subject` names the object
        in both. Passing failures are retried up to `attempts` times in all.
        """
        content = None if body is None else json.dumps(body).encode()
        retrying = AsyncRetrying(
            retry=retry_if_exception(_passes), stop=stop_after_attempt(attempts), wait=_pause, reraise=True
        )
        try:
            return await retrying(self._send, method, path, subject, params, content, content_type, warnings)
        except httpx.TimeoutException:
            raise UnreachableError(f"The API server at {self.server} does not answer.") from None
        except httpx.HTTPError as error:
            reason = str(error).strip().rstrip(".") or type(error).__name__
            raise UnreachableError(f"The API server at {self.server} cannot be reached: {reason}.") from None

    async def _send(  # noqa: PLR0917 - handed on by the retry as they are
        self,
        method: str,
        path: str,
        subject: str,
        params: Mapping[str, str] | None,
        content: bytes | None,
        content_type: str,
        warnings: list[str] | None,
    ) -> dict[str, Any]:
        client = await self._opened()
        await self._throttle.wait()
        headers = {**await self._headers(), **({"Content-Type": content_type} if content is not None else {})}
        call = {"params": params, "content": content, "extensions": self._extensions}
        response = await client.request(method, path, headers=headers, **call)  # type: ignore[arg-type]  # as its stubs
        if response.status_code == _UNAUTHORIZED and self._credentials.renewable:
            self._credentials.forget()
            headers |= await self._headers()
            response = await client.request(method, path, headers=headers, **call)  # type: ignore[arg-type]  # as above
        answer = _decode(response)
        if response.status_code >= 300:  # noqa: PLR2004 - HTTP's own line between done and not
            raise from_response(response.status_code, answer, subject)
        if warnings is not None:
            warnings.extend(_warning_text(line) for line in response.headers.get_list("Warning"))
        return answer

    @asynccontextmanager
    async def stream(self, path: str, params: Mapping[str, str], subject: str) -> AsyncIterator[AsyncIterator[str]]:
        """Open a request whose answer comes line by line, such as a watch."""
        client = await self._opened()
        timeout = httpx.Timeout(_WATCH_TIMEOUT, connect=_CONNECT_TIMEOUT, pool=None)
        headers = await self._headers()
        async with client.stream(
            "GET", path, params=dict(params), headers=headers, timeout=timeout, extensions=self._extensions
        ) as response:
            if response.status_code != _OK:
                await response.aread()
                raise from_response(response.status_code, _decode(response), subject)
            yield response.aiter_lines()

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()
        if self._kubeconfig is not None:
            os.close(self._kubeconfig)
            self._kubeconfig = None


def _decode(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = {"message": response.text.strip()[:200]}
    if not isinstance(answer, dict):
        answer = {"message": str(answer)[:200]}
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit() and response.status_code in _PASSING:
        answer.setdefault("details", {}).setdefault("retryAfterSeconds", int(asked))
    return answer


def _warning_text(line: str) -> str:
    """Return the text of a Warning header: a code, an agent, and the text in quotes."""
    _, _, quoted = line.partition('"')
    return quoted.rstrip().removesuffix('"').replace('\\"', '"')
