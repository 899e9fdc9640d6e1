"""Ports to forward, as users write them: `8080`, `8080:3000`, `127.0.0.1:8080:3000`."""

__all__ = ["ForwardedPort", "parse_port"]

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from core.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
_SHAPE: Final = re.compile(
    r"(?:(?:(?P<address>\[[0-9A-Fa-f:.]+\]|[0-9]+(?:\.[0-9]+){3}):)?(?P<local>[0-9]{1,5}):)?(?P<remote>[0-9]{1,5})"
)
_HIGHEST: Final = 65535


@dataclass(frozen=True)
class ForwardedPort:
    """A port of this machine, and the port of the workspace it leads to; `protocol` is tcp or udp."""

    protocol: str
    address: str
    local: int
    remote: int

    @property
    def here(self) -> str:
        """Return `address:port` of this machine."""
        return f"{f'[{self.address}]' if ':' in self.address else self.address}:{self.local}"

    def words(self) -> tuple[str, str]:
        """Return it as an argument of `coder port-forward`."""
        return f"--{self.protocol}", f"{self.here}:{self.remote}"

    def __str__(self) -> str:
        return f"{self.here} leads to {self.protocol} port {self.remote}"


def parse_port(text: str, protocol: str = "tcp") -> ForwardedPort:
    """Return what `REMOTE`, `LOCAL:REMOTE` or `ADDRESS:LOCAL:REMOTE` means; the address is loopback if none is given.

    Raises UsageError for anything else.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise _bad(text)
    remote = int(found["remote"])
    local = int(found["local"] or remote)
    try:
        address = str(ipaddress.ip_address((found["address"] or LOOPBACK).strip("[]")))
    except ValueError:
        raise _bad(text) from None
    if not (0 < remote <= _HIGHEST and 0 < local <= _HIGHEST):
        raise _bad(text)
    return ForwardedPort(protocol, address, local, remote)


def _bad(text: str) -> UsageError:
    return UsageError(
        f"'{text}' is no port to forward; allowed are REMOTE, LOCAL:REMOTE and ADDRESS:LOCAL:REMOTE, with ports from 1 "
        f"to {_HIGHEST}.",
        next_command="sptcoder port-forward --help",
    )
