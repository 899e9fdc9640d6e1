"""The `coder` program as a server offers it below `/bin/`: how large it is, which content it names, and its bytes."""

__all__ = ["OfferedProgram", "ask_offer", "fetch_program"]

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

from core.errors import SptFlowError
from core.lean_httpx import spare_command_line
from sptcoder.api.errors import ApiError, NoAnswerError
from sptcoder.api.trace import Trace

spare_command_line()  # before anything imports httpx

import httpx  # noqa: E402 - see the line above

_AS_IT_IS: Final = {"Accept-Encoding": "identity"}
"""A compressed answer has neither the length nor the digest of the program."""

_TIMEOUT: Final = httpx.Timeout(60.0, connect=5.0)
_DIGEST: Final = re.compile(r'(?:W/)?"?([0-9a-f]{40})"?')
_NOT_FOUND: Final = 404


@dataclass(frozen=True)
class OfferedProgram:
    """A program: its size in bytes and its SHA-1, as the server names them (ETag); None for what it does not name."""

    server: str
    name: str
    size: int | None
    digest: str | None

    @property
    def path(self) -> str:
        """Return its path on the server."""
        return f"/bin/{self.name}"


def ask_offer(server: str, name: str, trace: Trace) -> OfferedProgram:
    """Ask for a program without fetching it; no token is sent, for none is needed.

    Raises NoAnswerError, ApiError, and SptFlowError where the server has no such program.
    """
    offer = OfferedProgram(server, name, None, None)
    with _client(offer) as client:
        try:
            answer = client.head(offer.path, headers={**trace.headers(), **_AS_IT_IS})
        except httpx.HTTPError as error:
            raise _no_answer(offer, "HEAD", error, trace) from None
    _require_success(offer, "HEAD", answer, trace)
    length = answer.headers.get("Content-Length", "")
    found = _DIGEST.fullmatch(answer.headers.get("ETag", ""))
    return OfferedProgram(server, name, int(length) if length.isdigit() else None, found.group(1) if found else None)


def fetch_program(
    offer: OfferedProgram, target: IO[bytes], trace: Trace, *, seen: Callable[[int], None] = lambda _: None
) -> None:
    """Write the program to a file and check it against the offer; `seen` is told the bytes there are so far.

    Raises NoAnswerError or ApiError, and SptFlowError when what came is not what was offered.
    """
    # The server names its content so; what vouches for it is the connection. Not chosen for its strength.
    digest, size = hashlib.sha1(usedforsecurity=False), 0
    with _client(offer) as client:
        try:
            with client.stream("GET", offer.path, headers={**trace.headers(), **_AS_IT_IS}) as answer:
                _require_success(offer, "GET", answer, trace)
                for part in answer.iter_bytes(1 << 20):
                    target.write(part)
                    digest.update(part)
                    size += len(part)
                    seen(size)
        except httpx.HTTPError as error:
            raise _no_answer(offer, "GET", error, trace) from None
    if offer.size is not None and size != offer.size:
        raise _wrong(offer, f"{size} bytes came, and it has {offer.size}")
    if offer.digest is not None and digest.hexdigest() != offer.digest:
        raise _wrong(offer, f"its SHA-1 is {digest.hexdigest()}, and the server names {offer.digest}")


def _client(offer: OfferedProgram) -> httpx.Client:
    return httpx.Client(
        base_url=offer.server, timeout=_TIMEOUT, follow_redirects=False, verify=offer.server.startswith("https:")
    )


def _require_success(offer: OfferedProgram, method: str, answer: httpx.Response, trace: Trace) -> None:
    if answer.status_code == _NOT_FOUND:
        raise SptFlowError(
            f"The Coder server {offer.server} has no program '{offer.name}' for this machine.",
            next_command="ask who runs the server to offer Coder's programs of all systems (CODER_CACHE_DIRECTORY)",
        )
    if not answer.is_success:
        raise ApiError(
            method=method,
            path=offer.path,
            status=answer.status_code,
            message=answer.reason_phrase,
            correlation_id=trace.correlation_id,
        )


def _no_answer(offer: OfferedProgram, method: str, error: httpx.HTTPError, trace: Trace) -> NoAnswerError:
    return NoAnswerError(
        method=method,
        path=offer.path,
        url=offer.server,
        reason=str(error) or type(error).__name__,
        may_have_acted=False,
        correlation_id=trace.correlation_id,
    )


def _wrong(offer: OfferedProgram, why: str) -> SptFlowError:
    return SptFlowError(
        f"What {offer.server} sent as {offer.name} is not what it offers: {why}.",
        next_command="the same command once more; if it says the same, a proxy in between changes what it carries",
    )
