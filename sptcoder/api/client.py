"""The client of a Coder server: one object, its requests grouped by what they are about."""

__all__ = ["CoderClient"]

from types import TracebackType
from typing import Self

import httpx

from sptcoder.api.agents import Agents
from sptcoder.api.builds import Builds
from sptcoder.api.connection import Connection
from sptcoder.api.deployment import Deployment
from sptcoder.api.external_auth import ExternalAuth
from sptcoder.api.retry import RetryPolicy
from sptcoder.api.template_versions import TemplateVersions
from sptcoder.api.templates import Templates
from sptcoder.api.tokens import Tokens
from sptcoder.api.trace import Trace
from sptcoder.api.users import Users
from sptcoder.api.workspaces import Workspaces


class CoderClient:
    """A client for `url` (the access URL), with a session token or without; use it in a `with` statement.

    Each method raises ApiError (the server says no), TokenRefusedError (401), NoAnswerError (no answer) or
    ForeignAnswerError (somebody else answers). `correlation_id` goes with every request and stands in every error.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        correlation_id: str | None = None,
        retry: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.connection = Connection(
            url,
            token,
            trace=Trace() if correlation_id is None else Trace(correlation_id),
            retry=retry or RetryPolicy(),
            transport=transport,
        )
        self.deployment = Deployment(self.connection)
        self.users = Users(self.connection)
        self.tokens = Tokens(self.connection)
        self.templates = Templates(self.connection)
        self.template_versions = TemplateVersions(self.connection)
        self.workspaces = Workspaces(self.connection)
        self.builds = Builds(self.connection)
        self.agents = Agents(self.connection)
        self.external_auth = ExternalAuth(self.connection)

    @property
    def url(self) -> str:
        """Return the server's address, without a slash at its end."""
        return self.connection.url

    @property
    def correlation_id(self) -> str:
        """Return the id that stands in the server's log lines and in our errors."""
        return self.connection.trace.correlation_id

    def close(self) -> None:
        """Close all sockets."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
