"""A command's session with its server: the client, and what the context says of it."""

__all__ = ["Session", "open_session"]

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr, ValidationError

from core.errors import SptFlowError
from sptcoder.api import ApiError, CoderClient, RetryPolicy
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.terminal import say
from sptcoder.config import ENVIRONMENT, Context, active_context, name_of
from sptcoder.session.failures import VersionSkewError, explained
from sptcoder.session.supported import check_version

_MAYBE_SKEW: Final = frozenset({400, 404, 405, 501})
"""How a server answers what it does not know."""

_FIRST_PATIENCE: Final = 6.0
"""Seconds a server is tried that has not answered yet; one that has is tried for half a minute, so it may restart."""


@dataclass(frozen=True)
class Session:
    """A client of the server of `context`; every request carries the command's correlation id."""

    client: CoderClient = field(repr=False)
    context: Context

    @property
    def url(self) -> str:
        """Return the server's address, without a slash at its end."""
        return self.client.url

    @property
    def token(self) -> SecretStr:
        """Return the session token."""
        return self.context.token

    def environment(self) -> dict[str, str]:
        """Return what the `coder` program is told of server and user: by environment, never by argument."""
        return {"CODER_URL": self.url, "CODER_SESSION_TOKEN": self.token.get_secret_value()}

    def sign_in_again(self) -> str:
        """Return what gets a new token for this server."""
        if self.context.name == ENVIRONMENT:
            return "give a valid token in CODER_SESSION_TOKEN, or unset it and use sptcoder init"
        named = "" if self.context.name == name_of(self.context.url) else f" --context {self.context.name}"
        return f"sptcoder init --url {self.context.url}{named}"

    def explained(self, error: SptFlowError) -> SptFlowError:
        """Return a failure of a request as users are to meet it."""
        if isinstance(error, ApiError) and error.status in _MAYBE_SKEW:
            skew = _version_skew(self.client)
            if skew is not None:
                return skew
        return explained(error, self.url, self.sign_in_again())


@contextmanager
def open_session(name: str | None = None) -> Iterator[Session]:
    """Open a session with the server of the context `name`, of the environment, or the current one.

    Nothing is asked of the server yet. Raises NoContextError if there is no server to talk to; what goes wrong in the
    block with the connection, the token or the server's version is raised as one of the kinds of `session.failures`.
    """
    context = active_context(name)
    retry = RetryPolicy(first_budget=_FIRST_PATIENCE, say=say)
    token = context.token.get_secret_value()
    with CoderClient(context.url, token, correlation_id=correlation_id(), retry=retry) as client:
        session = Session(client, context)
        try:
            yield session
        except ValidationError as error:
            raise _not_understood(client, error.title) from None
        except SptFlowError as error:
            raise session.explained(error) from None


def _version_skew(client: CoderClient) -> VersionSkewError | None:
    """Return what is to blame, if the server is of a version that is known not to be understood."""
    try:
        if client.connection.server_version is not None:
            check_version(client.connection.server_version, client.url)
    except VersionSkewError as skew:
        return skew
    return None


def _not_understood(client: CoderClient, what: str) -> SptFlowError:
    seen = client.connection.server_version or "of an unknown version"
    return _version_skew(client) or VersionSkewError(
        f"Coder at {client.url} ({seen}) answers in a form this program does not know: {what} "
        f"(correlation id {correlation_id()}).",
        next_command="update sptcoder, then sptcoder doctor",
    )
