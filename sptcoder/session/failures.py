"""What goes wrong between a user and a server, each as one sentence with what to type next."""

__all__ = [
    "SERVER_FAILURES",
    "ExpiredTokenError",
    "NotCoderError",
    "TlsError",
    "UnreachableError",
    "VersionSkewError",
    "explained",
]

from typing import Final

from core.errors import SptFlowError
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError, TokenRefusedError

_SPOKEN: Final = (
    (("name or service not known", "nodename nor servname", "getaddrinfo", "name resolution"), "no such host is known"),
    (("connection refused", "actively refused"), "nothing listens there (connection refused)"),
    (("timed out", "timeout"), "it did not answer in time"),
    (("no route", "unreachable"), "this machine has no way to it"),
    (("proxy",), "the proxy of this machine's settings refused"),
)
"""Words of the systems' own messages, and how they are said here."""

_READING: Final = frozenset({"GET", "HEAD"})
_NEXT: Final = {
    403: "ask an owner of the server for the role this needs (sptcoder doctor shows who you are)",
    404: "sptcoder list",
}
_NEXT_OF_CLASS: Final = {5: "sptcoder doctor; the server's log has the correlation id"}
_UNTRUSTED: Final = ("certificate verify failed", "certificate_verify_failed")
_NO_TLS: Final = ("wrong_version_number", "wrong version number", "record layer failure", "unknown_protocol")


class UnreachableError(SptFlowError):
    """The server gave no answer."""


class TlsError(SptFlowError):
    """The server's certificate is not trusted, or it does not speak TLS at all."""


class NotCoderError(SptFlowError):
    """Something answers at the address that is no Coder server."""


class ExpiredTokenError(SptFlowError):
    """The server refuses the session token."""


class VersionSkewError(SptFlowError):
    """Server and program are too far apart to understand each other."""


SERVER_FAILURES: Final = (UnreachableError, TlsError, NotCoderError, VersionSkewError)
"""What a server alone, whoever asks it, can be wrong with."""


def explained(error: SptFlowError, url: str, sign_in: str | None = None) -> SptFlowError:
    """Return the failure as users are to meet it; one that is no matter of the connection comes back as it is.

    `sign_in` is what gets a new token, by default `sptcoder init`.
    """
    if isinstance(error, TokenRefusedError):
        return ExpiredTokenError(
            f"{url} refuses your session token: it is expired, revoked, or of another server{_id(error)}.",
            next_command=sign_in or f"sptcoder init --url {url}",
        )
    if isinstance(error, ForeignAnswerError):
        return NotCoderError(
            f"What answers at {url} is no Coder server: status {error.status} to {error.path}{_id(error)}.",
            next_command="sptcoder init with the address the Coder dashboard has in your browser",
        )
    if isinstance(error, NoAnswerError):
        return _no_answer(error, url)
    if type(error) is ApiError:
        error.next_command = _NEXT.get(error.status, _NEXT_OF_CLASS.get(error.status // 100, error.next_command))
    return error


def _no_answer(error: NoAnswerError, url: str) -> SptFlowError:
    words = error.reason.lower()
    if any(word in words for word in _UNTRUSTED):
        return TlsError(
            f"The certificate of {url} is not trusted here: {_why_not_trusted(error.reason)}{_id(error)}.",
            next_command="SSL_CERT_FILE=<file with your CA's certificates> sptcoder doctor",
        )
    if any(word in words for word in _NO_TLS):
        plain = "http://" + url.removeprefix("https://")
        return TlsError(f"{url} does not speak TLS{_id(error)}.", next_command=f"sptcoder init --url {plain}")
    why = next((said for marks, said in _SPOKEN if any(mark in words for mark in marks)), error.reason.rstrip("."))
    doubt = " It may have acted on the request." if error.may_have_acted and error.method not in _READING else ""
    return UnreachableError(
        f"Coder at {url} cannot be reached: {why}{_id(error)}.{doubt}", next_command="sptcoder doctor"
    )


def _why_not_trusted(reason: str) -> str:
    """Return what OpenSSL says is wrong, without the place in its own code."""
    return reason.rpartition("certificate verify failed: ")[2].split(" (_ssl")[0].rstrip(".") or "no reason given"


def _id(error: TokenRefusedError | ForeignAnswerError | NoAnswerError) -> str:
    return f" (correlation id {error.correlation_id})"
