"""000:S1.3: the news of a release, from a command's process to the one it leaves behind."""

import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sptcoder.version import VERSION
from tests.support.cli_run import CliRun
from tests.support.patience import wait_until

_NOTICE = f"Update available: v{VERSION} -> v9.8.7\n"


@dataclass(frozen=True)
class Source:
    """Where releases are published, what was asked there, and whether it answers by now."""

    address: str
    requests: list[str]
    may_answer: threading.Event


@pytest.fixture
def source() -> Iterator[Source]:
    """Serve a release to who waits for it."""
    requests: list[str] = []
    may_answer = threading.Event()

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            may_answer.wait(60)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"tag_name": "v9.8.7"}')

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Source(f"http://127.0.0.1:{server.server_port}/latest", requests, may_answer)
    may_answer.set()
    server.shutdown()
    server.server_close()
    thread.join()


def _asking(source: str) -> dict[str, str]:
    return {"SPT_FLOW_SKIP_UPDATE_CHECK": "", "SPT_FLOW_RELEASES_URL": source}


def test_000_s1_3_1_the_source_is_asked_in_the_background(stranger: CliRun, source: Source) -> None:
    address, requests = source.address, source.requests
    first = stranger.run("context", "list", env=_asking(address))
    assert "Update available" not in first.stderr
    source.may_answer.set()
    cache = stranger.folder / "xdg_cache_home" / "spt-flow" / "newest-release.json"
    wait_until(lambda: cache.exists() and "9.8.7" in cache.read_text(encoding="utf-8"))
    second = stranger.run("context", "list", env=_asking(address))
    assert second.stderr.endswith(_NOTICE)
    assert second.stdout == ""
    assert requests == ["/latest"]
    failed = stranger.run("list", "--json", env=_asking(address), check=False)
    assert failed.returncode == 1
    assert failed.stderr.endswith(_NOTICE)
    assert "Update available" not in failed.stdout
    assert stranger.run("--version", env=_asking(address)).stderr == _NOTICE


def test_000_s1_3_3_a_variable_disables_it(stranger: CliRun, source: Source) -> None:
    address, requests = source.address, source.requests
    stranger.run("context", "list", env={**_asking(address), "SPT_FLOW_SKIP_UPDATE_CHECK": "true"})
    time.sleep(0.5)
    assert requests == []
    assert not (stranger.folder / "xdg_cache_home" / "spt-flow").exists()
