"""A command's session with its server: the client, and what the context says of it."""

__all__ = ["Session", "open_session"]

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import SecretStr

from core.lean_httpx import spare_command_line
from sptcoder.cli.correlation import correlation_id
from sptcoder.config import Context, active_context

spare_command_line()  # before anything imports httpx

from sptcoder.api import CoderClient  # noqa: E402 - see the line above


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


@contextmanager
def open_session(name: str | None = None) -> Iterator[Session]:
    """Open a session with the server of the context `name`, of the environment, or the current one.

    Nothing is asked of the server yet. Raises NoContextError if there is no server to talk to.
    """
    context = active_context(name)
    with CoderClient(context.url, context.token.get_secret_value(), correlation_id=correlation_id()) as client:
        yield Session(client, context)
