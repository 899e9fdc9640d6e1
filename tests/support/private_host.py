"""A git host of this machine that lets nobody in without a login."""

__all__ = ["private_repository"]

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class _Refusal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Say nothing."""


@contextmanager
def private_repository(name: str) -> Iterator[str]:
    """Yield the address of a repository of that name."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refusal) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/my/{name}"
        server.shutdown()
        thread.join()
