"""The job's own token: asked for, written nowhere, and handed to the API server as client-go wants it."""

import base64
import datetime as dt
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from ci.cluster_access import exec_credential, write_kubeconfig
from ci.commands.login import login
from ci.identity_token import identity_token
from ci.stack_name import PROJECT_ROOT
from core.errors import SptFlowError, UsageError

BEARER = "canary-of-the-request-4d2a"
EXPIRES = 1_800_000_000
AUTHORITY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def _jwt(claims: object) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "x"}, claims)
    ]
    return ".".join([*parts, "canary-of-the-signature"])


TOKEN = _jwt({"exp": EXPIRES, "sub": "repo:owner/project:environment:staging"})


class Issuer:
    """What GitHub runs beside a job; `requests` are the queries it got."""

    def __init__(self) -> None:
        self.answer: tuple[int, Any] = (200, {"value": TOKEN})
        self.requests: list[dict[str, list[str]]] = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
                """Say nothing."""

            def do_GET(self) -> None:
                issuer.requests.append(parse_qs(urlsplit(self.path).query))
                allowed = self.headers.get("Authorization") == f"Bearer {BEARER}"
                status, body = issuer.answer if allowed else (401, {})
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    server = Issuer()
    url = f"http://127.0.0.1:{server.http.server_port}/token?api-version=2.0"
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", url)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", BEARER)
    yield server
    server.http.shutdown()
    server.http.server_close()
    server.thread.join()


def test_a_token_is_asked_for_with_its_audience(issuer: Issuer) -> None:
    token = identity_token("kubernetes")
    assert token.text == TOKEN
    assert token.expires == dt.datetime.fromtimestamp(EXPIRES, dt.UTC)
    assert issuer.requests == [{"api-version": ["2.0"], "audience": ["kubernetes"]}]
    assert TOKEN not in repr(token)


@pytest.mark.parametrize("answer", [(500, {}), (200, {}), (200, []), (200, {"value": "x.y"}), (200, {"value": None})])
def test_a_refusal_is_one_sentence_without_a_token(issuer: Issuer, answer: tuple[int, Any]) -> None:
    issuer.answer = answer
    with pytest.raises(SptFlowError, match="GitHub gave no identity token") as caught:
        identity_token("kubernetes")
    assert BEARER not in str(caught.value)


def test_outside_a_job_there_is_none() -> None:
    with pytest.raises(UsageError, match="id-token: write"):
        identity_token("kubernetes")


def test_the_kubeconfig_holds_no_secret_and_is_the_owner_s_alone(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / ".kube" / "config"
    for _ in range(2):
        write_kubeconfig(path, context="staging", server="https://api:6443", authority=AUTHORITY, audience="cluster")
    text = path.read_text()
    assert BEARER not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = yaml.safe_load(text)
    assert content["current-context"] == "staging"
    assert base64.b64decode(content["clusters"][0]["cluster"]["certificate-authority-data"]).decode() == AUTHORITY

    program = content["users"][0]["user"]["exec"]
    done = subprocess.run(
        [program["command"], *program["args"]],
        env={**os.environ, **{entry["name"]: entry["value"] for entry in program["env"]}},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    credential = json.loads(done.stdout)
    assert credential["kind"] == "ExecCredential"
    assert credential["apiVersion"] == program["apiVersion"]
    assert credential["status"] == {"token": TOKEN, "expirationTimestamp": "2027-01-15T08:00:00Z"}
    assert issuer.requests[-1]["audience"] == ["cluster"]


def test_a_kubeconfig_of_the_user_s_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("mine")
    with pytest.raises(SptFlowError, match="is not replaced"):
        write_kubeconfig(path, context="a", server="https://api", authority=AUTHORITY, audience="x")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("server", ["", "http://api", "api:6443", "https://user:word@api"])
def test_an_address_that_is_none_is_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="KUBE_SERVER") as caught:
        write_kubeconfig(tmp_path / "config", context="a", server=server, authority=AUTHORITY, audience="x")
    assert "word" not in caught.value.message.replace("words", "")


def test_an_authority_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="KUBE_CA"):
        write_kubeconfig(tmp_path / "config", context="a", server="https://api", authority="text", audience="x")


_PULUMI = """#!/bin/sh
echo "$@" >"$CALL"
env >>"$CALL"
while [ $# -gt 0 ]; do
    [ "$1" = --oidc-token ] && cat "${2#file://}" >"$TOKEN_SEEN" && stat -c %a "${2#file://}" >"$MODE"
    shift
done
echo Logged in
"""


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "pulumi"
    program.write_text(_PULUMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for name in ("CALL", "TOKEN_SEEN", "MODE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def test_pulumi_cloud_gets_the_token_by_a_file_that_goes_again(
    issuer: Issuer, pulumi: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    login("https://api.pulumi.com", "example")
    call = (pulumi / "CALL").read_text()
    assert call.startswith("login https://api.pulumi.com --non-interactive --oidc-token file:///")
    assert "--oidc-org example" in call
    assert TOKEN not in call
    assert (pulumi / "TOKEN_SEEN").read_text() == TOKEN
    assert (pulumi / "MODE").read_text().strip() == "600"
    assert not Path(call.split("file://")[1].split()[0]).exists()
    assert issuer.requests[0]["audience"] == ["urn:pulumi:org:example"]
    assert TOKEN not in capsys.readouterr().out


def test_another_backend_is_logged_in_to_without_a_token(pulumi: Path) -> None:
    login("s3://state", "")
    assert (pulumi / "CALL").read_text().startswith("login s3://state --non-interactive\n")


def test_no_backend_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="PULUMI_BACKEND_URL is empty"):
        login("", "")


def test_a_credential_is_what_client_go_reads(issuer: Issuer) -> None:
    del issuer
    assert set(json.loads(exec_credential(identity_token("x")))["status"]) == {"token", "expirationTimestamp"}


def test_the_program_behind_the_kubeconfig_is_this_environment_s() -> None:
    assert Path(sys.executable).exists()
    assert (PROJECT_ROOT / "ci" / "commands" / "kubeconfig.py").exists()
