"""The verbs as processes see them: environment in, one JSON line and an exit code out."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import UsageError
from sptcoder.platform.__main__ import main
from sptcoder.platform.environment import Environment
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.patience import wait_until

_CANARY = "canary-77f0-token"
_ROOT = Path(__file__).parents[4]


def _request(folder: Path) -> str:
    return json.dumps({"name": "demo", "directory": str(folder), "variables": {"password": "canary-variable"}})


def test_push_prints_one_json_line(coderd: Coderd, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "main.tf").write_text("# x")
    coderd.platform.jobs.script.polls = 0
    environment = {
        "CODER_URL": coderd.url,
        "CODER_SESSION_TOKEN": coderd.platform.token,
        "SPTCODER_PUSH": _request(folder),
        "SPTCODER_CORRELATION_ID": "run-1",
    }
    assert main(["push"], environment) == 0
    out, err = capsys.readouterr()
    printed = json.loads(out)
    assert out.count("\n") == 1
    assert printed["template_name"] == "demo"
    assert printed["new_version"] is True
    assert "smoke workspace ready" in err
    assert coderd.platform.token not in out + err
    assert "canary-variable" not in out + err
    assert {request.headers["X-Correlation-Id"] for request in coderd.requests if "api" in request.path} >= {"run-1"}


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "words"),
    [
        ([], {}, 2, "is no verb; there are: bootstrap, preflight, push, wait-healthy"),
        (["destroy"], {}, 2, "'destroy' is no verb"),
        (["push", "now"], {}, 2, "'push now' is no verb"),
        (["push"], {}, 2, "CODER_URL is not set; it holds the address"),
        (["push"], {"CODER_URL": "http://x"}, 2, "CODER_SESSION_TOKEN is not set"),
        (["push"], {"CODER_URL": "http://x", "CODER_SESSION_TOKEN_FILE": "/nonexistent"}, 2, "cannot be read"),
        (
            ["push"],
            {"CODER_URL": "http://x", "CODER_SESSION_TOKEN": _CANARY, "SPTCODER_PUSH": "{"},
            2,
            "push request is not valid",
        ),
        (["preflight"], {"CODER_URL": "http://127.0.0.1:1"}, 2, "SPTCODER_TARGET_VERSION is not set"),
        (["preflight"], {"CODER_URL": "x", "SPTCODER_TARGET_VERSION": "2.36.3"}, 2, "no address of a Coder server"),
        (["preflight"], {"CODER_URL": "http://x", "SPTCODER_TARGET_VERSION": "new"}, 1, "'new' is no version"),
        (["wait-healthy"], {"CODER_URL": "http://127.0.0.1:1", "SPTCODER_WAIT_SECONDS": "-1"}, 2, "above zero"),
        (["bootstrap"], {"CODER_URL": "http://x"}, 2, "SPTCODER_ADMIN_EMAIL is not set"),
    ],
)
def test_wrong_input_is_one_sentence(
    arguments: list[str], environment: dict[str, str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments, environment) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert _CANARY not in err


@pytest.mark.parametrize(
    ("running", "target", "code"),
    [
        ("v2.26.5", "2.26.5", 0),
        ("v2.26.5", "2.36.3", 0),
        ("v2.36.3+7e0ff4c", "2.36.3", 0),
        ("v2.36.3", "2.36.2", 1),
        ("v2.36.3", "2.26.5", 1),
    ],
)
def test_preflight_refuses_a_downgrade(
    coderd: Coderd, capsys: pytest.CaptureFixture[str], running: str, target: str, code: int
) -> None:
    coderd.platform.version = running
    assert main(["preflight"], {"CODER_URL": coderd.url, "SPTCODER_TARGET_VERSION": target}) == code
    out, err = capsys.readouterr()
    if code:
        assert f"{target} is asked for: its database is migrated forwards only" in err
        assert "Next: " in err
    else:
        assert json.loads(out)["target"] == target


def test_preflight_without_a_server_has_nothing_to_compare(capsys: pytest.CaptureFixture[str]) -> None:
    environment = {"CODER_URL": "http://127.0.0.1:1", "SPTCODER_TARGET_VERSION": "2.36.3"}
    assert main(["preflight"], environment) == 0
    assert json.loads(capsys.readouterr().out) == {"running": None, "target": "2.36.3"}


@pytest.mark.parametrize(
    ("before", "allow", "code"),
    [
        ({"running": None, "target": "2.36.4"}, "", 1),
        ({"running": None, "target": "2.36.4"}, "true", 0),
        ({"running": None, "target": "2.36.3"}, "", 0),
        ("not JSON", "", 0),
        ([], "", 0),
    ],
)
def test_preflight_without_a_server_remembers_what_was_asked_for_before(
    before: object, allow: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sptcoder.platform.preflight._PREFLIGHT_SECONDS", 0.1)
    environment = {
        "CODER_URL": "http://127.0.0.1:1",
        "SPTCODER_TARGET_VERSION": "2.36.3",
        "SPTCODER_ALLOW_DOWNGRADE": allow,
        "PULUMI_COMMAND_STDOUT": before if isinstance(before, str) else json.dumps(before),
    }
    assert main(["preflight"], environment) == code
    assert ("Coder 2.36.4 runs and 2.36.3 is asked for" in capsys.readouterr().err) == bool(code)


def test_wait_healthy_waits_for_the_version(coderd: Coderd, capsys: pytest.CaptureFixture[str]) -> None:
    coderd.faults.append(Fault("GET", "/healthz", "status", times=1, status=500))
    environment = {"CODER_URL": coderd.url, "SPTCODER_TARGET_VERSION": "2.36.3", "SPTCODER_WAIT_SECONDS": "5"}
    assert main(["wait-healthy"], environment) == 0
    coderd.platform.version = "v2.26.5"
    assert main(["wait-healthy"], {**environment, "SPTCODER_WAIT_SECONDS": "0.1"}) == 1
    err = capsys.readouterr().err
    assert "was not healthy in version 2.36.3 within 0.1 s: it is version 2.26.5" in err


def test_an_expired_token_does_not_reach_the_output(
    coderd: Coderd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf").write_text("# x")
    # The stand-in's 401 repeats the token, as a careless server might.
    environment = {"CODER_URL": coderd.url, "CODER_SESSION_TOKEN": _CANARY, "SPTCODER_PUSH": _request(tmp_path)}
    assert main(["push"], environment) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "the session token is expired" in err
    assert "Next: coder login" in err
    assert "canary" not in err


def test_a_token_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    environment = Environment({"T_FILE": str(tmp_path / "token"), "T": "from-variable"})
    assert environment.secret("T", "a token") == "from-file"
    with pytest.raises(UsageError, match="T is not set"):
        Environment({}).secret("T", "a token")


def test_a_stopped_push_says_so_and_deletes_its_smoke_workspace(coderd: Coderd, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# x")
    coderd.platform.jobs.script.lifecycle = "starting"
    environment = {
        **os.environ,
        "CODER_URL": coderd.url,
        "CODER_SESSION_TOKEN": coderd.platform.token,
        "SPTCODER_PUSH": _request(tmp_path),
        "GIT_CEILING_DIRECTORIES": str(tmp_path.parent),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "sptcoder.platform", "push"],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: any("workspace smoke" in event for event in coderd.platform.events))
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert out == ""
    assert "Stopped on request" in err
    assert "Traceback" not in err
    assert any(event.startswith("delete smoke") for event in coderd.platform.events)
