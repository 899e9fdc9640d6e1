"""A typed client for the part of Coder's API that the platform uses.

with CoderClient(url, token) as client:
    for workspace in client.workspaces.list('template:"spt-flow-ci"'):
        client.workspaces.delete(workspace.id)
"""

from sptcoder.api.client import CoderClient
from sptcoder.api.errors import (
    ApiError,
    FieldProblem,
    ForeignAnswerError,
    NoAnswerError,
    TokenRefusedError,
    UnsupportedError,
)
from sptcoder.api.retry import RetryPolicy
from sptcoder.api.version import Capability, ServerVersion

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
