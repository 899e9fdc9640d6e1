"""A real Pushgateway, run as the platform's pod runs it: what the jobs tell is there for Prometheus, and stays."""

import io
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

import ports
from components.pushgateway_manifests import build_deployment
from jobs.database.metrics import DumpTally
from jobs.database.metrics import publish as publish_dump
from jobs.database.settings import DatabaseSettings
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.reaper.metrics import Tally, publish
from jobs.reaper.settings import ReaperSettings
from tests.support.apiserver import find_binaries
from tests.support.free_ports import free_port

_SECONDS: Final = 20.0
_REAPER: Final = {"CODER_URL": "http://coder.test", "REAPER_NAMESPACE": "x", "REAPER_TEMPLATES": "ci"}
_DUMP: Final = {"PGHOST": "x", "PGUSER": "x", "PGDATABASE": "x", "DUMP_DIRECTORY": "/x"}


def _arguments(folder: Path, port: int) -> list[str]:
    """Return the container's own arguments, with folder and port of the test's."""
    pod: dict[str, Any] = build_deployment("coder", image="x:1")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (mount,) = container["volumeMounts"]
    return [
        argument.replace(mount["mountPath"], str(folder)).replace(f":{ports.PUSHGATEWAY}", f"127.0.0.1:{port}")
        for argument in container["args"]
    ]


@contextmanager
def _gateway(folder: Path) -> Iterator[str]:
    programs = find_binaries(["pushgateway"])
    if isinstance(programs, str):
        pytest.skip(programs)
    port = free_port()
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", programs["pushgateway"], *_arguments(folder, port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/-/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(_SECONDS)


def _wait(url: str) -> None:
    end = time.monotonic() + _SECONDS
    while True:
        try:
            _get(url)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - always http
        return str(answer.read().decode())


def _values(url: str, job: str) -> dict[str, float]:
    """Return what Prometheus would read of a job, by name."""
    labels = f'{{instance="",job="{job}"}}'
    found = re.findall(rf"^(\w+){re.escape(labels)} (\S+)$", _get(f"{url}/metrics"), re.MULTILINE)
    return {name: float(value) for name, value in found}


def _reap(url: str, tally: Tally) -> list[str]:
    stream = io.StringIO()
    settings = read_settings(ReaperSettings, {**_REAPER, "REAPER_PUSHGATEWAY_URL": url})
    publish(settings, tally, EventLog("reaper", stream))
    return stream.getvalue().splitlines()


def test_a_failed_run_keeps_the_time_of_the_last_good_one(tmp_path: Path) -> None:
    with _gateway(tmp_path) as url:
        assert _reap(url, Tally(starts=4, starts_slow=1)) == []
        good = _values(url, "spt-flow-reaper")
        assert _reap(url, Tally(failed=2)) == []
        bad = _values(url, "spt-flow-reaper")
    assert (good["spt_flow_reaper_starts"], good["spt_flow_reaper_starts_slow"]) == (4, 1)
    assert (bad["spt_flow_reaper_failed"], bad["spt_flow_reaper_starts"]) == (2, 0)
    success, last = "spt_flow_reaper_last_success_timestamp_seconds", "spt_flow_reaper_last_run_timestamp_seconds"
    assert bad[success] == good[success]
    assert bad[last] > good[last]


def test_a_dump_that_failed_tells_nothing_of_a_dump(tmp_path: Path) -> None:
    tally = DumpTally(bytes=9000, tables=12, kept=7, seconds=1.5, is_success=True)
    with _gateway(tmp_path) as url:
        settings = read_settings(DatabaseSettings, {**_DUMP, "DUMP_PUSHGATEWAY_URL": url})
        publish_dump(settings, tally, EventLog("dump-database", io.StringIO()))
        good = _values(url, "spt-flow-database-dump")
        publish_dump(settings, DumpTally(seconds=0.5), EventLog("dump-database", io.StringIO()))
        bad = _values(url, "spt-flow-database-dump")
    changed = {name for name in good if name.startswith("spt_flow") and bad[name] != good[name]}
    assert changed == {"spt_flow_database_dump_seconds", "spt_flow_database_dump_last_run_timestamp_seconds"}
    assert bad["spt_flow_database_dump_bytes"] == 9000


def test_a_restart_of_the_gateway_loses_nothing(tmp_path: Path) -> None:
    with _gateway(tmp_path) as url:
        _reap(url, Tally(workspaces_found=3))
        before = _values(url, "spt-flow-reaper")
    with _gateway(tmp_path) as url:
        after = _values(url, "spt-flow-reaper")
    assert before["spt_flow_reaper_workspaces_found"] == 3
    assert after == before


def test_a_gateway_that_is_gone_is_a_line_in_the_log(tmp_path: Path) -> None:
    with _gateway(tmp_path) as url:
        pass
    (line,) = _reap(url, Tally())
    assert "metrics-lost" in line
