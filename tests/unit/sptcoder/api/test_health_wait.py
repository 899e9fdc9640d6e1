"""Waiting for a server that starts: what it answers then sticks to a connection."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from sptcoder.api import CoderClient
from sptcoder.api.health_wait import ServerNotHealthyError, wait_until_healthy
from sptcoder.api.job_watch import Stopwatch


class _Starting(BaseHTTPRequestHandler):
    """A connection opened while `starting` is set gets 404 without a name for ever; later ones get the server."""

    protocol_version = "HTTP/1.1"
    starting: ClassVar[bool] = True

    def setup(self) -> None:
        super().setup()
        self._early = type(self).starting

    def do_GET(self) -> None:
        body = b'{"version": "v2.26.5", "external_url": ""}'
        self.send_response(404 if self._early else 200)
        if not self._early:
            self.send_header("X-Coder-Build-Version", "v2.26.5")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    _Starting.starting = True
    with ThreadingHTTPServer(("127.0.0.1", 0), _Starting) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class _Waits:
    """Counts waits of half a second that take no time; the server is ready after the third."""

    def __init__(self) -> None:
        self.count = 0
        self.watch = Stopwatch(clock=lambda: self.count * 0.5, sleep=self._wait)

    def _wait(self, _: float) -> None:
        self.count += 1
        _Starting.starting = self.count < 3


def test_a_connection_made_too_early_is_given_up(url: str) -> None:
    waits = _Waits()
    with CoderClient(url) as client:
        assert str(wait_until_healthy(client, timeout=10, stopwatch=waits.watch).server_version) == "2.26.5"
    assert waits.count <= 5


def test_a_server_that_never_starts_is_named(url: str) -> None:
    with CoderClient(url) as client, pytest.raises(ServerNotHealthyError, match="was not healthy within 1 s"):
        wait_until_healthy(client, timeout=1, stopwatch=_Waits().watch)
