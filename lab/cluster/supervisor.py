"""Talking to a lab's supervisor over its control socket."""

__all__ = ["ProcessState", "Supervisor", "SupervisorGoneError"]

import http.client
import socket
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from core.errors import SptFlowError
from lab.cluster.layout import SUPERVISOR_SOCKET

_TIMEOUT = 15.0
"""Seconds to wait for an answer; stopping a program takes up to ten."""


class SupervisorGoneError(SptFlowError):
    """Nobody answers on the supervisor's socket."""


@dataclass(frozen=True)
class ProcessState:
    """One program as the supervisor sees it; `pid` is the one inside the lab, 0 when it does not run."""

    name: str
    state: str
    description: str
    pid: int
    started: int

    @property
    def running(self) -> bool:
        """Whether it runs and has done so long enough to count."""
        return self.state == "RUNNING"


class Supervisor:
    """The supervisor whose process, on the host, is `pid`."""

    def __init__(self, pid: int) -> None:
        path = Path(f"/proc/{pid}/root{SUPERVISOR_SOCKET}")
        self._proxy = xmlrpc.client.ServerProxy("http://lab", transport=_UnixTransport(path))

    def processes(self) -> list[ProcessState]:
        """Return every program's state."""
        answer = self._ask(self._proxy.supervisor.getAllProcessInfo)
        return [
            ProcessState(
                name=str(entry["name"]),
                state=str(entry["statename"]),
                description=str(entry["spawnerr"] or entry["description"]),
                pid=int(entry["pid"]),
                started=int(entry["start"]),
            )
            for entry in cast("list[dict[str, Any]]", answer)
        ]

    def start(self, name: str) -> None:
        """Start a program unless it is started already; does not wait for it to count as running."""
        try:
            self._ask(self._proxy.supervisor.startProcess, name, False)  # noqa: FBT003 - an RPC without keywords
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise SptFlowError(f"The lab's supervisor cannot start {name}: {fault.faultString}.") from None

    def stop(self, name: str) -> None:
        """Stop a program and wait for its end; it stays down until it is started."""
        self._ask(self._proxy.supervisor.stopProcess, name)

    def update(self) -> list[str]:
        """Read the configuration again and restart what has changed; return the names of those programs."""
        answer = cast("list[list[list[str]]]", self._ask(self._proxy.supervisor.reloadConfig))
        added, changed, removed = answer[0]
        for name in [*changed, *removed]:
            self._ask(self._proxy.supervisor.stopProcessGroup, name)
            self._ask(self._proxy.supervisor.removeProcessGroup, name)
        for name in [*changed, *added]:
            self._ask(self._proxy.supervisor.addProcessGroup, name)
        return sorted({*added, *changed, *removed})

    def _ask(self, method: Callable[..., object], *args: object) -> object:
        try:
            return method(*args)
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError):
            raise SupervisorGoneError("The lab's supervisor does not answer.", next_command="make up") from None


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        del host
        return _UnixConnection(self._path)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("lab", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_TIMEOUT)
        self.sock.connect(str(self._path))
