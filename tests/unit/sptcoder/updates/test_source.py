import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import SptFlowError
from sptcoder.updates.release import known_release
from sptcoder.updates.source import DEFAULT_SOURCE, newest_release, refresh_release, release_source

Serve = Callable[[bytes, int], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answer every request alike; return the address."""
    servers: list[tuple[http.server.HTTPServer, threading.Thread]] = []

    def start(content: bytes, status: int) -> str:
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
                """Say nothing."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Page)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/latest"

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("tag", ["v1.2.3", "1.2.3"])
def test_the_tag_is_the_version(serve: Serve, tag: str) -> None:
    assert newest_release(serve(b'{"tag_name": "%s", "draft": false}' % tag.encode(), 200)) == "1.2.3"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 200),
        (b"<html>", 200),
        (b"[]", 200),
        (b"{}", 200),
        (b'{"tag_name": 7}', 200),
        (b'{"tag_name": "newest"}', 200),
        (b'{"tag_name": "v1.2.3\\u001b[31m"}', 200),
        (b'{"tag_name": "v1.2.3"}', 404),
        (b'"' + b"x" * 1_100_000 + b'"', 200),
    ],
    ids=range(9),
)
def test_anything_else_is_one_sentence(serve: Serve, content: bytes, status: int) -> None:
    with pytest.raises(SptFlowError) as caught:
        newest_release(serve(content, status))
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "nonsense", "ftp://example.com/x"])
def test_a_source_that_cannot_be_asked_is_one_sentence(url: str) -> None:
    with pytest.raises(SptFlowError, match="does not say which release is the newest"):
        newest_release(url)


def test_a_refresh_keeps_the_answer_and_never_fails(serve: Serve, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    refresh_release({**home, "SPT_FLOW_RELEASES_URL": serve(b'{"tag_name": "v1.2.3"}', 200)})
    assert known_release(home) == "1.2.3"
    refresh_release({**home, "SPT_FLOW_RELEASES_URL": "http://127.0.0.1:1/"})
    assert known_release(home) == "1.2.3"


def test_the_source_is_a_setting(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    assert release_source(home) == DEFAULT_SOURCE
    (tmp_path / ".config" / "spt-flow").mkdir(parents=True)
    (tmp_path / ".config" / "spt-flow" / "config.yaml").write_text("releases_url: https://releases.example.com/x\n")
    assert release_source(home) == "https://releases.example.com/x"
    assert release_source({**home, "SPT_FLOW_RELEASES_URL": "https://r.example.com"}) == "https://r.example.com"
