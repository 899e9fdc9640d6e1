"""`python -m jobs` as a pod runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[3]


def _run(*args: str, **variables: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "jobs", *args],
        cwd=_ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = done.stdout.splitlines() if "--help" not in args else []
    return done.returncode, [json.loads(line) for line in lines], done.stdout + done.stderr


def test_help_names_every_verb() -> None:
    code, _, text = _run("--help")
    assert code == 0
    for verb in ("reaper", "dump-database", "restore-database"):
        assert verb in text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["reaper"], "The environment variable CODER_URL is not set."),
        (["dump-database"], "The environment variable PGHOST is not set."),
        (["restore-database"], "Missing option '--from'"),
        (["rest"], "No such command 'rest'"),
        (["reaper", "--dry"], "No such option"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(args: list[str], says: str) -> None:
    code, events, text = _run(*args)
    assert code == 2
    assert [event["event"] for event in events] == ["failed"]
    assert says in events[0]["reason"]
    assert "Traceback" not in text


def test_a_server_that_is_not_there_is_told_counted_and_exit_code_1(tmp_path: Path) -> None:
    code, events, text = _run(
        "reaper",
        CODER_URL="http://127.0.0.1:1",
        CODER_SESSION_TOKEN="canary-of-a-token",  # noqa: S106 - it is to be told nowhere
        KUBECONFIG=str(tmp_path / "none"),
        HOME=str(tmp_path),
        REAPER_METRICS_FILE=str(tmp_path / "reaper.prom"),
    )
    assert code == 1
    assert [(event["event"], event["level"]) for event in events] == [("look", "error"), ("finished", "error")]
    assert events[-1]["is_complete"] is False
    assert "spt_flow_reaper_last_run_timestamp_seconds" in (tmp_path / "reaper.prom").read_text()
    assert "canary" not in text
    assert "Traceback" not in text
