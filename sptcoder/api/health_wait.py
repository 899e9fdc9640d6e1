"""Waiting until a server answers: after a start, a restart, an upgrade."""

__all__ = ["ServerNotHealthyError", "wait_until_healthy"]

from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.models.deployment import BuildInfo
from sptcoder.api.version import ServerVersion

_PAUSE: Final = 0.5


class ServerNotHealthyError(SptFlowError):
    """No healthy server, or not the expected one, within the time that was given."""


def wait_until_healthy(
    client: CoderClient, *, timeout: float, expected: ServerVersion | None = None, stopwatch: Stopwatch | None = None
) -> BuildInfo:
    """Return what the server says of itself, once it is healthy and, if given, of the `expected` version.

    Raises ServerNotHealthyError after `timeout` seconds, with what was seen last.
    """
    watch = stopwatch or Stopwatch()
    end = watch.clock() + timeout
    while True:
        try:
            if client.deployment.is_healthy():
                info = client.deployment.build_info()
                if expected is None or info.server_version == expected:
                    return info
                seen = f"it is version {info.server_version}"
            else:
                seen = "/healthz does not answer 200"
        except (ApiError, NoAnswerError, ForeignAnswerError) as error:
            seen = error.message
        if watch.clock() >= end:
            wanted = "healthy" if expected is None else f"healthy in version {expected}"
            raise ServerNotHealthyError(
                f"Coder at {client.url} was not {wanted} within {timeout:g} s: {seen}.",
                next_command="kubectl -n coder logs deploy/coder --tail=50",
            )
        watch.sleep(_PAUSE)
