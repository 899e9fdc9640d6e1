"""A real Coder that knows one host name, behind a real nginx by the same settings: an app answers by a name below it.

The lab's Coder has no host name; this one is a process of the test's, on a database of the test's. Its workspace is an
agent beside it, which comes in through nginx as well.
"""

import base64
import hashlib
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from core.command import Command
from lab.nginx_site import NginxSite
from lab.toolchain import Toolchain
from lab.toolchain.terraform_mirror import terraform_mirror
from settings import EntrySettings
from tests.support.nginx import Authority, running_nginx, with_hosts
from tests.support.patience import wait_until
from tests.support.postgres import Postgres
from tests.support.quiet_websocket import seconds_until_closed
from tests.support.sample_settings import sample_settings

pytestmark = pytest.mark.lab

_HOST: Final = "coder.example.com"
_ADDRESS: Final = "127.0.77.3"
_IMPATIENT: Final = "127.0.77.4"
_DATABASE: Final = "wildcard"
_UPSTREAM: Final = f"http://{_ADDRESS}:8080"
_QUIET_SECONDS: Final = 6
_SHORT_SECONDS: Final = 2
_WEBSOCKET: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What RFC 6455 has a server answer with."""

_APP: Final = f"page--main--repo--somebody.{_HOST}"
_TEMPLATE: Final = """
terraform {
  required_providers {
    coder = { source = "coder/coder" }
  }
}
data "coder_workspace" "me" {}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "%(arch)s"
}
resource "coder_app" "page" {
  agent_id  = coder_agent.main.id
  slug      = "page"
  url       = "http://localhost:%(port)d"
  subdomain = true
  share     = "public"
}
resource "terraform_data" "place" {
  count = data.coder_workspace.me.start_count
  input = coder_agent.main.id
  provisioner "local-exec" {
    command     = "umask 077; printf %%s \\"$TOKEN\\" > %(folder)s/token"
    environment = { TOKEN = coder_agent.main.token }
  }
}
"""


@dataclass(frozen=True)
class _Entry:
    """A client of the entry, which asks by any of its names at its one address, and whom it trusts."""

    client: httpx.Client
    bundle: Path

    def get(self, host: str, path: str) -> httpx.Response:
        return self.client.get(path, headers={"Host": host}, extensions={"sni_hostname": host})


class _Page(BaseHTTPRequestHandler):
    """What runs in the workspace: says what it was asked for."""

    def do_GET(self) -> None:
        if self.headers["Upgrade"] == "websocket":
            self._open_websocket()
            return
        text = f"the page {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _open_websocket(self) -> None:
        """Open one, say nothing on it, and wait for its end."""
        accept = hashlib.sha1(f"{self.headers['Sec-WebSocket-Key']}{_WEBSOCKET}".encode(), usedforsecurity=False)
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(accept.digest()).decode())
        self.end_headers()
        while self.connection.recv(4096):
            pass
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _started(argv: list[str], environment: Mapping[str, str], folder: Path, name: str) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *argv],
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
        assert process.poll() is None, (folder / f"{name}.log").read_text(errors="replace")[-1000:]
    finally:
        process.terminate()
        process.wait(30)


def _variables(settings: EntrySettings, postgres: Postgres, folder: Path, terraform: Path) -> dict[str, str]:
    """Return what the server is told: access URL and wildcard as the settings have them."""
    database = (
        f"postgres://{postgres.user}:{postgres.password}@/{_DATABASE}?host={quote(str(postgres.socket), safe='')}"
    )
    return {
        "CODER_PG_CONNECTION_URL": f"{database}&sslmode=disable",
        "CODER_ACCESS_URL": settings.coder_access_url,
        "CODER_WILDCARD_ACCESS_URL": settings.coder_wildcard_access_url,
        "CODER_HTTP_ADDRESS": _UPSTREAM.removeprefix("http://"),
        "CODER_CACHE_DIRECTORY": str(folder / "cache"),
        "CODER_PROVISIONER_DAEMONS": "1",
        "CODER_TELEMETRY_ENABLE": "false",
        "CODER_UPDATE_CHECK": "false",
        "CODER_SECURE_AUTH_COOKIE": "true",
        "TF_CLI_CONFIG_FILE": str(terraform),
    }


def _workspace(folder: Path, port: int) -> str:
    """Make the first user and a workspace with an app on the port; return the token of its agent."""
    (folder / "template").mkdir()
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    values = {"arch": arch, "port": port, "folder": folder}
    (folder / "template" / "main.tf").write_text(_TEMPLATE % values, encoding="utf-8")
    coder = Command("coder", env={"CODER_CONFIG_DIR": str(folder / "config"), "HOME": str(folder)})
    user = ["--first-user-username=somebody", "--first-user-email=somebody@example.com", "--first-user-trial=false"]
    coder.run("login", _UPSTREAM, "--first-user-full-name=", "--first-user-password=Some-8-Body!", *user)
    coder.run("templates", "push", "bare", "--yes", "--directory", str(folder / "template"), timeout=60)
    coder.run("create", "repo", "--template=bare", "--yes", timeout=60)
    return (folder / "token").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def entry(postgres: Postgres, toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Entry]:
    """Yield the entry of a server with one workspace, whose agent and whose page run here."""
    folder = tmp_path_factory.mktemp("wildcard")
    settings = sample_settings("staging", coderHostname=_HOST, coderAccessUrl="").entry
    authority = Authority(folder, [_HOST, f"*.{_HOST}"])
    page = NginxSite(
        host=settings.coder_hostname,
        wildcard=settings.coder_wildcard_access_url,
        upstream=_UPSTREAM,
        certificate=authority.certificate,
        key=authority.key,
        idle_seconds=settings.coder_entry_idle_seconds,
        address=_ADDRESS,
    )
    other = replace(page, idle_seconds=_SHORT_SECONDS, address=_IMPATIENT)
    postgres.sql(f"CREATE DATABASE {_DATABASE}")
    variables = _variables(settings, postgres, folder, terraform_mirror(toolchain))
    context = ssl.create_default_context(cafile=str(authority.bundle))
    with (
        _started(["coder", "server"], variables, folder, "server"),
        running_nginx(folder / "nginx", page.text(), _ADDRESS),
        httpx.Client(base_url=f"https://{_ADDRESS}", verify=context, timeout=30) as client,
        _serving() as port,
    ):
        opened = _Entry(client, authority.bundle)
        wait_until(lambda: opened.get(_HOST, "/healthz").is_success, seconds=60)
        agent = {
            "CODER_AGENT_URL": settings.coder_access_url,
            "CODER_AGENT_TOKEN": _workspace(folder, port),
            "SSL_CERT_FILE": str(authority.bundle),
            **{f"CODER_AGENT_{name}_ADDRESS": "127.0.0.1:0" for name in ("DEBUG", "PPROF", "PROMETHEUS")},
        }
        argv = with_hosts(folder, _ADDRESS, [_HOST], ["coder", "agent"])
        with _started(argv, agent, folder, "agent"), running_nginx(folder / "impatient", other.text(), _IMPATIENT):
            wait_until(lambda: opened.get(_APP, "/").is_success, seconds=60)
            yield opened


@contextmanager
def _serving() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_the_host_is_coders(entry: _Entry) -> None:
    answer = entry.get(_HOST, "/api/v2/buildinfo")
    assert answer.status_code == 200
    assert answer.json()["dashboard_url"] == f"https://{_HOST}"


def test_a_name_below_it_is_an_apps(entry: _Entry) -> None:
    answer = entry.get(_APP, "/folder?with=query")
    assert (answer.status_code, answer.text) == (200, "the page /folder?with=query")


def test_an_apps_quiet_websocket_stays_open_because_the_setting_says_so(entry: _Entry) -> None:
    """Nobody sends a ping on it for the app: it is quiet for as long as the app is."""
    ended = seconds_until_closed(_IMPATIENT, entry.bundle, _APP, "/live", most=_QUIET_SECONDS)
    assert _SHORT_SECONDS - 0.5 < ended < _QUIET_SECONDS - 1, "so quiet it is, and so nginx ends it"
    assert seconds_until_closed(_ADDRESS, entry.bundle, _APP, "/live", most=_QUIET_SECONDS) == _QUIET_SECONDS


def test_a_name_of_no_app_is_neither_an_app_nor_coder(entry: _Entry) -> None:
    answer = entry.get(f"other--main--repo--somebody.{_HOST}", "/api/v2/buildinfo")
    assert answer.status_code == 404
    assert "dashboard_url" not in answer.text


def test_a_name_that_is_not_below_it_is_nobodys(entry: _Entry) -> None:
    with pytest.raises(httpx.TransportError):
        entry.get("page--main--repo--somebody.elsewhere.example.com", "/")
