"""Whether this machine and the cluster agree on the time: tokens and certificates depend on it."""

__all__ = ["clock_part", "server_time"]

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import PartHealth
from lab.toolchain import toolchain_bin

_APART: Final = timedelta(seconds=30)
_QUESTION: Final = ("-n", "default", "create", "configmap", "spt-flow-clock", "--dry-run=server")
_ANSWER: Final = "jsonpath={.metadata.creationTimestamp}"
_SECONDS: Final = 10


def server_time(where: Sequence[str]) -> datetime:
    """Return what the API server's clock says, to the second: it dates what it only pretends to create.

    Raise SptFlowError if it does not answer.
    """
    said = Command("kubectl", path=[toolchain_bin()]).run(*where, *_QUESTION, "-o", _ANSWER, timeout=_SECONDS).stdout
    try:
        return datetime.fromisoformat(said.strip()).astimezone(UTC)
    except ValueError:
        raise SptFlowError("The API server gave no time.") from None


def clock_part(server: datetime, before: datetime, after: datetime) -> PartHealth:
    """Compare the server's time with this machine's `before` and `after` it was asked."""
    apart = max(before - server, server - after, timedelta(0))
    healthy = apart <= _APART
    detail = "agrees with the cluster's" if healthy else f"is {apart.total_seconds():.0f} s off the cluster's"
    return PartHealth("clock", healthy=healthy, detail=detail, next_command=None if healthy else "timedatectl status")
