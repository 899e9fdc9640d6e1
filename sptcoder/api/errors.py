"""What goes wrong between us and a Coder server: an answer that says no, no answer, or an answer of somebody else."""

__all__ = ["ApiError", "FieldProblem", "ForeignAnswerError", "NoAnswerError", "TokenRefusedError", "UnsupportedError"]

from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError

_LOGIN_AGAIN: Final = "coder login <URL> (people) or the platform's next `up`, which makes a new token (bots)"

_SERVER_LOG: Final = "kubectl -n coder logs deploy/coder --tail=100"
_NEXT: Final = {
    403: "coder users show me, and ask an owner for the role the request needs",
    404: "coder list, or coder templates list: is the name right?",
    409: "the same command once more: something else was changing this",
    429: "the same command in a minute",
}
_NEXT_OF_CLASS: Final = {4: "mend what the answer names, then the same command", 5: _SERVER_LOG}


@dataclass(frozen=True)
class FieldProblem:
    """One field of a request that the server did not accept, in the server's words."""

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}"


class ApiError(SptFlowError):
    """The server answered, and the answer is no.

    `retry_after` is the pause in seconds the server asked for, None if it asked for none.
    """

    def __init__(
        self,
        *,
        method: str,
        path: str,
        status: int,
        message: str,
        detail: str = "",
        validations: tuple[FieldProblem, ...] = (),
        correlation_id: str = "",
        retry_after: float | None = None,
        next_command: str | None = None,
    ) -> None:
        parts = [message.rstrip(".") or "no message", detail.rstrip("."), *map(str, validations)]
        text = "; ".join(part for part in parts if part)
        super().__init__(
            f"Coder answered {status} to {method} {path}: {text} (correlation id {correlation_id}).",
            next_command=next_command or _NEXT.get(status, _NEXT_OF_CLASS.get(status // 100)),
        )
        self.method = method
        self.path = path
        self.status = status
        self.server_message = message
        self.detail = detail
        self.validations = validations
        self.correlation_id = correlation_id
        self.retry_after = retry_after


class TokenRefusedError(ApiError):
    """The server does not know the session token: it is expired, revoked or of another server (status 401)."""

    def __init__(self, *, method: str, path: str, message: str, correlation_id: str) -> None:
        super().__init__(
            method=method,
            path=path,
            status=401,
            message="the session token is expired, revoked, or of another server",
            detail=message,
            correlation_id=correlation_id,
            next_command=_LOGIN_AGAIN,
        )


class NoAnswerError(SptFlowError):
    """The server gave no answer; `may_have_acted` says whether the request could have reached it all the same."""

    def __init__(
        self, *, method: str, path: str, url: str, reason: str, may_have_acted: bool, correlation_id: str
    ) -> None:
        doubt = " It may have acted on the request." if may_have_acted and method not in {"GET", "HEAD"} else ""
        super().__init__(
            f"Coder at {url} did not answer {method} {path}: {reason} (correlation id {correlation_id}).{doubt}",
            next_command=f"curl -fsS {url}/healthz",
        )
        self.method = method
        self.path = path
        self.reason = reason
        self.may_have_acted = may_have_acted
        self.correlation_id = correlation_id


class ForeignAnswerError(SptFlowError):
    """Something answered that is not a Coder server's API: a proxy's page, a redirect, another program."""

    def __init__(self, *, method: str, path: str, url: str, status: int, found: str, correlation_id: str) -> None:
        super().__init__(
            f"What answered {status} to {method} {path} at {url} is not Coder's API: {found} "
            f"(correlation id {correlation_id}).",
            next_command=f"curl -sSi {url}/api/v2/buildinfo",
        )
        self.method = method
        self.path = path
        self.status = status
        self.correlation_id = correlation_id


class UnsupportedError(SptFlowError):
    """The server is too old, too new, or not licensed for what was asked."""
