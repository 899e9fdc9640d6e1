"""A typed client for the part of Coder's API that the platform uses.

with CoderClient(url, token) as client:
    for workspace in client.workspaces.list('template:"spt-flow-ci"'):
        client.workspaces.delete(workspace.id)
"""

from core.lean_httpx import spare_command_line

spare_command_line()  # before anything here imports httpx

from sptcoder.api.client import CoderClient  # noqa: E402 - see the line above
from sptcoder.api.errors import (  # noqa: E402 - see the line above
    ApiError,
    FieldProblem,
    ForeignAnswerError,
    NoAnswerError,
    TokenRefusedError,
    UnsupportedError,
)
from sptcoder.api.retry import RetryPolicy  # noqa: E402 - see the line above
from sptcoder.api.version import Capability, ServerVersion  # noqa: E402 - see the line above

__all__ = [
    "ApiError",
    "Capability",
    "CoderClient",
    "FieldProblem",
    "ForeignAnswerError",
    "NoAnswerError",
    "RetryPolicy",
    "ServerVersion",
    "TokenRefusedError",
    "UnsupportedError",
]
