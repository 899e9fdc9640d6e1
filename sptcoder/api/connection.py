"""One connection to a Coder server: headers, retries, rate limits, and errors that say what was asked."""

__all__ = ["ANY_SUCCESS", "Connection"]

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from core.errors import UsageError
from sptcoder.api.errors import ApiError, FieldProblem, ForeignAnswerError, NoAnswerError, TokenRefusedError
from sptcoder.api.rate_limit import RateLimiter
from sptcoder.api.retry import RetryPolicy
from sptcoder.api.trace import Trace

ANY_SUCCESS: Final = frozenset({200, 201, 202, 204})
"""The API's pages and its servers differ in which success they name, so all are taken."""

_BUILD_VERSION: Final = "X-Coder-Build-Version"
_TOKEN_HEADER: Final = "Coder-Session-Token"  # noqa: S105 - the header's name
_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_TIMEOUT: Final = httpx.Timeout(30.0, connect=5.0)
_SNIPPET: Final = 120
_UNAUTHORIZED: Final = 401


class Connection:
    """Sends requests; used by the resource classes, not by callers of the client."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        trace: Trace,
        retry: RetryPolicy,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = _checked_url(url)
        self.trace = trace
        self.server_version: str | None = None
        """Version named by the last answer, None before the first."""
        self._token = token
        self._distrusted = False
        self._retry = retry
        self._limiter = RateLimiter(sleep=retry.sleep)
        # Redirects are not followed: the token would be handed to whatever the answer points at.
        self._http = httpx.Client(
            base_url=self.url,
            transport=transport,
            timeout=_TIMEOUT,
            follow_redirects=False,
            verify=self.url.startswith("https:"),  # else certificates are read for nothing, 50 ms a client
        )

    def close(self) -> None:
        """Close all sockets."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        content_type: str | None = None,
        params: Mapping[str, str | int] | None = None,
        accept: frozenset[int] = ANY_SUCCESS,
    ) -> httpx.Response:
        """Send one request and return its answer, if its status is among `accept`.

        `path` starts with `/`. Raises ApiError, TokenRefusedError, NoAnswerError or ForeignAnswerError.
        """
        headers = {} if content_type is None else {"Content-Type": content_type}
        data = content if body is None else json.dumps(body).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        for attempt in self._retry.retrying(answered=self.server_version is not None):
            with attempt:
                self._limiter.wait(method, path)
                response = self._send(method, path, data, headers, dict(params or {}))
                if response.status_code not in accept:
                    raise self._refusal(method, path, response)
                return response
        raise AssertionError("unreachable: the loop returns or raises")  # pragma: no cover

    def get_json(self, path: str, *, params: Mapping[str, str | int] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Send a GET and return the decoded answer."""
        return self.json_of("GET", path, self.request("GET", path, params=params))

    def send_json(self, method: str, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Send a JSON body and return the decoded answer, None if the answer has no content."""
        response = self.request(method, path, body=body)
        return self.json_of(method, path, response) if response.content else None

    def json_of(self, method: str, path: str, response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
        """Return the decoded answer; raise ForeignAnswerError if it is no JSON."""
        try:
            return response.json()
        except ValueError:
            raise self._foreign(method, path, response) from None

    def hide_secrets(self, text: str) -> str:
        """Return the text without the session token, whoever wrote it there."""
        return text.replace(self._token, "<token>") if self._token else text

    def _send(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str], params: dict[str, str | int]
    ) -> httpx.Response:
        complete = {**self.trace.headers(), **headers, "Accept": "application/json"}
        if self._token:
            complete[_TOKEN_HEADER] = self._token
        if self._distrusted:
            complete["Connection"] = "close"
        try:
            response = self._http.request(method, path, content=data, headers=complete, params=params)
        except httpx.HTTPError as error:
            raise NoAnswerError(
                method=method,
                path=path,
                url=self.url,
                reason=self.hide_secrets(str(error) or type(error).__name__),
                may_have_acted=not isinstance(error, _NEVER_SENT),
                correlation_id=self.trace.correlation_id,
            ) from None
        self.server_version = response.headers.get(_BUILD_VERSION, self.server_version)
        # A connection made while Coder starts stays with what answers 404 then, also when Coder is ready long since.
        self._distrusted = response.is_error and _BUILD_VERSION not in response.headers
        return response

    def _refusal(self, method: str, path: str, response: httpx.Response) -> Exception:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        message = str(answer.get("message", "")) if isinstance(answer, dict) else ""
        if not message and _BUILD_VERSION not in response.headers and response.status_code not in _GATEWAY:
            return self._foreign(method, path, response)
        if response.status_code == _UNAUTHORIZED:
            return TokenRefusedError(
                method=method,
                path=path,
                message=self.hide_secrets(message),
                correlation_id=self.trace.correlation_id,
            )
        return ApiError(
            method=method,
            path=path,
            status=response.status_code,
            message=self.hide_secrets(message or response.reason_phrase),
            detail=self.hide_secrets(str(answer.get("detail") or "")) if isinstance(answer, dict) else "",
            validations=self._problems(answer),
            correlation_id=self.trace.correlation_id,
            retry_after=_seconds(response.headers.get("Retry-After")),
        )

    def _problems(self, answer: object) -> tuple[FieldProblem, ...]:
        found = answer.get("validations") if isinstance(answer, dict) else None
        return tuple(
            FieldProblem(str(item.get("field", "")), self.hide_secrets(str(item.get("detail", ""))))
            for item in found or ()
            if isinstance(item, dict)
        )

    def _foreign(self, method: str, path: str, response: httpx.Response) -> ForeignAnswerError:
        location = response.headers.get("Location")
        found = f"a redirect to {location}" if location else " ".join(response.text.split())[:_SNIPPET] or "no content"
        return ForeignAnswerError(
            method=method,
            path=path,
            url=self.url,
            status=response.status_code,
            found=self.hide_secrets(found),
            correlation_id=self.trace.correlation_id,
        )


_GATEWAY: Final = frozenset({429, 502, 503, 504})
"""What a proxy in front of a server that is starting answers; it passes."""


def _checked_url(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        parsed = httpx.URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise UsageError(
            f"'{url if not parsed.userinfo else '<url with a password>'}' is no address of a Coder server; "
            "expected is http(s)://host[:port] without user and password."
        )
    return url.rstrip("/")


def _seconds(header: str | None) -> float | None:
    """Read Retry-After, seconds; its other form, a date, is not used by Coder and counts as not given."""
    try:
        seconds = float(header) if header is not None else None
    except ValueError:
        return None
    return seconds if seconds is None or seconds >= 0 else None
