import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.reaper.metrics import Tally, publish, render
from jobs.reaper.settings import ReaperSettings

_LAST_SUCCESS = "spt_flow_reaper_last_success_timestamp_seconds"


def _publish(tally: Tally, **variables: str) -> list[dict[str, object]]:
    stream = io.StringIO()
    settings = read_settings(ReaperSettings, {"CODER_URL": "http://coder.test", **variables})
    publish(settings, tally, EventLog("reaper", stream))
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _value(text: str, name: str) -> float | None:
    found = [float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")]
    return found[0] if found else None


def test_every_metric_is_named_typed_and_explained() -> None:
    text = render(Tally(workspaces_found=3, seconds=1.25, failed=2), now=1763720000.5, last_success=None)
    lines = text.splitlines()
    assert len(lines) % 3 == 0
    for help_line, type_line, value_line in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name = value_line.split()[0]
        assert help_line.startswith(f"# HELP {name} ")
        assert type_line == f"# TYPE {name} gauge"
    assert _value(text, "spt_flow_reaper_workspaces_found") == 3
    assert _value(text, "spt_flow_reaper_failed") == 2
    assert _value(text, "spt_flow_reaper_seconds") == 1.25
    assert _value(text, "spt_flow_reaper_last_run_timestamp_seconds") == 1763720000.5
    assert _LAST_SUCCESS not in text


def test_the_file_keeps_the_time_of_the_last_success(tmp_path: Path) -> None:
    path = tmp_path / "reaper.prom"
    assert _publish(Tally(failed=1), REAPER_METRICS_FILE=str(path)) == []
    assert _value(path.read_text(), _LAST_SUCCESS) is None
    _publish(Tally(), REAPER_METRICS_FILE=str(path))
    success = _value(path.read_text(), _LAST_SUCCESS)
    assert success is not None
    _publish(Tally(is_complete=False), REAPER_METRICS_FILE=str(path))
    assert _value(path.read_text(), _LAST_SUCCESS) == success
    assert (_value(path.read_text(), "spt_flow_reaper_last_run_timestamp_seconds") or 0) >= success
    assert [entry.name for entry in tmp_path.iterdir()] == ["reaper.prom"]


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield the address of a listener on loopback, and the requests it got."""
    requests: list[tuple[str, str, str]] = []

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            requests.append((self.path, str(self.headers["Content-Type"]), body))
            self.send_response(200 if len(requests) == 1 else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gateway_gets_them(gateway: tuple[str, list[tuple[str, str, str]]]) -> None:
    url, requests = gateway
    assert _publish(Tally(failed=1), REAPER_PUSHGATEWAY_URL=url) == []
    ((path, content_type, body),) = requests
    assert (path, content_type) == ("/metrics/job/spt-flow-reaper", "text/plain; version=0.0.4")
    # A metric that is not pushed stays as it is there.
    assert _LAST_SUCCESS not in body
    (event,) = _publish(Tally(), REAPER_PUSHGATEWAY_URL=url)
    assert (event["event"], event["level"]) == ("metrics-lost", "warning")
    assert _LAST_SUCCESS in requests[1][2]


def test_metrics_that_cannot_be_delivered_are_a_warning(tmp_path: Path) -> None:
    events = _publish(
        Tally(), REAPER_METRICS_FILE=str(tmp_path / "no" / "file"), REAPER_PUSHGATEWAY_URL="http://127.0.0.1:1"
    )
    assert [(event["event"], event["level"]) for event in events] == [("metrics-lost", "warning")] * 2
