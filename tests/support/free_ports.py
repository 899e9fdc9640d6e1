"""Ports of the loopback device for servers that a test starts itself."""

__all__ = ["free_port", "free_ports"]

import os
import re
import socket
from collections.abc import Iterator
from itertools import cycle
from typing import Final

# Below those that Linux gives to clients (32768 and up), since one of these could be taken before the server listens,
# or while it is restarted.
_FIRST: Final = 20_000
_PER_PROCESS: Final = 1_000
_PROCESSES: Final = 10


def _numbers() -> range:
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    first = _FIRST + worker % _PROCESSES * _PER_PROCESS
    return range(first, first + _PER_PROCESS)


# Not the same ones right away in the next run: a test's server may still be going.
_NUMBERS: Final[Iterator[int]] = cycle(
    [*_numbers()[os.getpid() % _PER_PROCESS :], *_numbers()[: os.getpid() % _PER_PROCESS]]
)


def free_port() -> int:
    """Return a port that nobody listens on, and that no other call in these tests returns for a long time."""
    for _ in range(_PER_PROCESS):
        number = next(_NUMBERS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            return number
    raise AssertionError("no free port")


def free_ports(count: int) -> list[int]:
    """Return several."""
    return [free_port() for _ in range(count)]
