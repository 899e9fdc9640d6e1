"""Finding out whether an address is a Coder server's, and a token a user's."""

__all__ = ["check_server", "check_token"]

from typing import Final

from pydantic import SecretStr, ValidationError

from core.errors import SptFlowError
from core.lean_httpx import spare_command_line
from sptcoder.cli.correlation import correlation_id
from sptcoder.session.failures import NotCoderError, explained
from sptcoder.session.supported import check_version

spare_command_line()  # before anything imports httpx

from sptcoder.api import CoderClient, RetryPolicy  # noqa: E402 - see the line above

_PATIENCE: Final = 3.0
"""Seconds: somebody waits at the prompt."""


def check_server(url: str) -> str:
    """Return the version of the server at `url`.

    Raises UnreachableError, TlsError, NotCoderError, VersionSkewError.
    """
    with _client(url) as client:
        try:
            version = client.deployment.build_info().version
        except ValidationError:
            raise NotCoderError(
                f"What answers at {url} is no Coder server: it names no version.",
                next_command="sptcoder init with the address the Coder dashboard has in your browser",
            ) from None
        except SptFlowError as error:
            raise explained(error, url) from None
    check_version(version, url)
    return version


def check_token(url: str, token: SecretStr) -> str:
    """Return the name of the token's user; raise ExpiredTokenError if the server refuses it."""
    with _client(url, token.get_secret_value()) as client:
        try:
            return client.users.me().username
        except SptFlowError as error:
            raise explained(error, url) from None


def _client(url: str, token: str | None = None) -> CoderClient:
    return CoderClient(url, token, correlation_id=correlation_id(), retry=RetryPolicy(budget=_PATIENCE))
