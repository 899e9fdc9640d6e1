"""GitHub's REST API, as far as comments and issues of one repository need it."""

__all__ = ["GithubApi", "GithubError"]

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

import httpx
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from core.errors import SptFlowError, UsageError

_REPOSITORY: Final = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", re.ASCII)
_VERSION: Final = "2022-11-28"
_PAGE: Final = 100
_MOST_PAGES: Final = 100
_SECONDS: Final = 30.0
_ATTEMPTS: Final = 4
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_ERRORS = 401, 403, 404, 429, 500


class GithubError(SptFlowError):
    """GitHub refused, or could not be asked; the sentence never holds the token."""


class _PassingError(Exception):
    """Something that may be gone in a moment: a fault of the server or of the line, before anything was changed."""


@dataclass
class GithubApi:
    """The API at `url` for `repository` (owner/name), with a token that is only ever sent as a header."""

    url: str
    repository: str
    token: str = field(repr=False)
    wait_seconds: float = 2.0

    @classmethod
    def of_environment(cls) -> Self:
        """Take what a workflow's job has: GITHUB_API_URL, GITHUB_REPOSITORY, and GITHUB_TOKEN given by the step."""
        repository = os.environ.get("GITHUB_REPOSITORY", "")
        if _REPOSITORY.fullmatch(repository) is None:
            raise UsageError("GITHUB_REPOSITORY must be owner/name; in a workflow GitHub sets it.")
        if not os.environ.get("GITHUB_TOKEN"):
            raise UsageError("GITHUB_TOKEN is not set; the step that posts has to hand it over in its environment.")
        url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
        return cls(url.rstrip("/"), repository, os.environ["GITHUB_TOKEN"])

    def __enter__(self) -> Self:
        """Open the connection."""
        self._client = httpx.Client(
            base_url=f"{self.url}/repos/{self.repository}",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": _VERSION,
            },
            timeout=_SECONDS,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._client.close()

    def listed(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """Yield every element of a list, page after page."""
        for page in range(1, _MOST_PAGES + 1):
            answer = self._read(path, {**query, "per_page": str(_PAGE), "page": str(page)})
            found = answer.json()
            if not isinstance(found, list):
                raise GithubError(f"GitHub answered {path} with something that is no list.")
            yield from found
            if "next" not in answer.links:
                return

    def create(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Create an object; never sent twice, since a lost answer may hide that it exists."""
        created: Mapping[str, Any] = self._sent("POST", path, json=dict(body)).json()
        return created

    def change(self, path: str, body: Mapping[str, Any]) -> None:
        """Change an object; sent again after a passing fault, which comes to the same."""
        self._retried("PATCH", path, json=dict(body))

    def _read(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        return self._retried("GET", path, params=dict(query))

    def _retried(self, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        again = retry(
            retry=retry_if_exception_type(_PassingError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_random_exponential(self.wait_seconds),
            reraise=True,
        )
        try:
            return again(self._once)(method, path, **content)
        except _PassingError as error:
            raise GithubError(f"GitHub did not answer {method} {path}: {error}.") from None

    def _sent(self, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        try:
            return self._once(method, path, **content)
        except _PassingError as error:
            raise GithubError(f"GitHub did not answer {method} {path}: {error}.") from None

    def _once(self, method: str, path: str, **content: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        try:
            answer = self._client.request(method, path, **content)
        except httpx.HTTPError as error:
            raise _PassingError(type(error).__name__) from None
        if answer.status_code >= _SERVER_ERRORS or answer.status_code == _TOO_MANY:
            raise _PassingError(f"status {answer.status_code}")
        if answer.is_success:
            return answer
        raise GithubError(_refusal(answer, method, path), next_command=_ADVICE.get(answer.status_code))


# What GitHub's own message does not say: where the right is given. That message is not repeated.
_ADVICE: Final = {
    _UNAUTHORIZED: "hand the job's own token over: GITHUB_TOKEN: ${{ github.token }}",
    _FORBIDDEN: "give the job `pull-requests: write` or `issues: write`; a run for a fork never has them",
    _NOT_FOUND: "check the number, and that the token may see the repository",
}


def _refusal(answer: httpx.Response, method: str, path: str) -> str:
    reasons = {
        _UNAUTHORIZED: "the token is not valid",
        _FORBIDDEN: "the token lacks the right, or the rate limit is used up",
        _NOT_FOUND: "there is no such thing, or the token may not see it",
    }
    reason = reasons.get(answer.status_code, "the request was not accepted")
    return f"GitHub refused {method} {path} with status {answer.status_code}: {reason}."
