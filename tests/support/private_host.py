"""A git host of this machine that lets nobody in without a login."""

__all__ = ["PrivateHost", "private_host", "private_repository"]

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class PrivateHost:
    """Its address, the status it answers with, and the logins it was offered, empty where there was none."""

    status: int = 401
    offered: list[str] = field(default_factory=list)
    url: str = ""


class _Refusal(BaseHTTPRequestHandler):
    host: PrivateHost

    def do_GET(self) -> None:
        self.host.offered.append(self.headers.get("Authorization", ""))
        self.send_response(self.host.status)
        if self.host.status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Say nothing."""


@contextmanager
def private_host() -> Iterator[PrivateHost]:
    """Yield the host; it is on loopback, and gone after the block."""
    host = PrivateHost()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Refusal,), {"host": host})) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        host.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def private_repository(name: str) -> Iterator[str]:
    """Yield the address of a repository of that name."""
    with private_host() as host:
        yield f"{host.url}/my/{name}"
