"""Coder behind a real nginx with TLS, told what an Ingress is told, by the same settings: what users see of it."""

import io
import secrets
import ssl
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from lab.nginx_site import NginxSite
from sptcoder.api.models.workspace import Workspace
from tests.integration.conftest import Platform
from tests.support.cli_run import CliRun
from tests.support.coder_site import CoderSite
from tests.support.nginx import Authority, Nginx, running_nginx, with_hosts
from tests.support.quiet_websocket import seconds_until_closed
from tests.support.sample_settings import sample_settings

pytestmark = pytest.mark.lab

_HOST: Final = "coder.example.com"
_QUIET_SECONDS: Final = 6
_SHORT_SECONDS: Final = 2
"""Below Coder's own pings, of which there is one every 15 s: only so its connections are quiet for long enough."""


@dataclass(frozen=True)
class _Entry:
    """A running nginx at an address of this machine, who vouches for it, and the token of somebody."""

    nginx: Nginx
    address: str
    authority: Authority
    site: CoderSite
    folder: Path

    def request(self, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        """Ask by the entry's name, found at its address, trusting the authority alone."""
        context = ssl.create_default_context(cafile=str(self.authority.bundle))
        with httpx.Client(base_url=f"https://{self.address}", verify=context, timeout=60) as client:
            headers = {"Host": _HOST, "Coder-Session-Token": self.site.token.get_secret_value()}
            return client.request(
                method,
                path,
                content=content,
                headers=headers | ({"Content-Type": "application/x-tar"} if content else {}),
                extensions={"sni_hostname": _HOST},
            )

    def sptcoder(self, cli: CliRun, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the command line so that it knows the entry's name and trusts its authority."""
        return subprocess.run(
            with_hosts(self.folder, self.address, [_HOST], [sys.executable, "-m", "sptcoder", *words]),
            # Else the connection goes straight to the workspace's pod, as it may in a lab on the same machine.
            env=cli.variables(
                {"SSL_CERT_FILE": str(self.authority.bundle), "CODER_DISABLE_DIRECT_CONNECTIONS": "true"}
            ),
            cwd=cli.work,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def quiet_terminal(self, agent_id: str, *, most: float) -> float:
        """Open a workspace's terminal as a browser does, say nothing, and return after how many seconds it is ended.

        That is `most` if nobody has ended it by then.
        """
        return seconds_until_closed(
            self.address,
            self.authority.bundle,
            _HOST,
            f"/api/v2/workspaceagents/{agent_id}/pty?reconnect={uuid.uuid4()}&width=80&height=24&command=cat",
            most=most,
            headers={"Coder-Session-Token": self.site.token.get_secret_value()},
        )


@contextmanager
def _entry(folder: Path, platform: Platform, site: CoderSite, number: int, **values: str) -> Iterator[_Entry]:
    """Run nginx with the site that follows from settings, the host name and `values`."""
    settings = sample_settings("staging", coderHostname=_HOST, coderAccessUrl="", **values).entry
    authority = Authority(folder, [_HOST, f"*.{_HOST}"])
    address = f"127.0.77.{number}"
    page = NginxSite(
        host=settings.coder_hostname,
        wildcard=settings.coder_wildcard_access_url,
        upstream=platform.instance.coder_url,
        certificate=authority.certificate,
        key=authority.key,
        idle_seconds=settings.coder_entry_idle_seconds,
        address=address,
    )
    with running_nginx(folder / "nginx", page.text(), address) as nginx:
        yield _Entry(nginx, address, authority, site, folder)


@pytest.fixture(scope="module")
def entry(platform: Platform, site: CoderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Entry]:
    """Yield the entry of settings that say no more than the host name."""
    with _entry(tmp_path_factory.mktemp("entry"), platform, site, 1) as running:
        yield running


@pytest.fixture(scope="module")
def impatient(platform: Platform, site: CoderSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Entry]:
    """Yield one that differs in a single setting: for how long a connection may be quiet."""
    folder = tmp_path_factory.mktemp("impatient")
    with _entry(folder, platform, site, 2, coderEntryIdleSeconds=str(_SHORT_SECONDS)) as running:
        yield running


@pytest.fixture(scope="module")
def cli_by_name(
    entry: _Entry, site: CoderSite, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CliRun]:
    """Yield the command line, signed in through the entry by its name."""
    del workspace
    cli = CliRun(tmp_path_factory.mktemp("cli-by-name"))
    words = ("init", "--url", f"https://{_HOST}", "--token-stdin")
    done = entry.sptcoder(cli, *words, stdin=site.token.get_secret_value())
    assert done.returncode == 0, done.stderr
    yield cli
    cli.forget()


def test_plain_http_leads_to_https_for_host_and_apps(entry: _Entry) -> None:
    for host in (_HOST, f"editor--main--repo--me.{_HOST}"):
        answer = httpx.get(f"http://{entry.address}/a%20path?with=query", headers={"Host": host})
        assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{host}/a%20path?with=query")


def test_coder_answers_by_the_one_host_name(entry: _Entry) -> None:
    answer = entry.request("GET", "/api/v2/users/me")
    assert answer.status_code == 200, answer.text
    assert answer.json()["username"]


def test_a_stranger_to_the_authority_is_told_so(entry: _Entry) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"), httpx.Client() as client:
        client.get(f"https://{entry.address}/", headers={"Host": _HOST}, extensions={"sni_hostname": _HOST})


def test_uploads_beyond_what_proxies_take_by_themselves_pass(entry: _Entry) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = tarfile.TarInfo("large")
        member.size = 5_000_000
        archive.addfile(member, io.BytesIO(secrets.token_bytes(member.size)))
    answer = entry.request("POST", "/api/v2/files", content.getvalue())
    assert answer.status_code in (200, 201), answer.text


def test_a_quiet_terminal_stays_open_because_the_setting_says_so(
    entry: _Entry, impatient: _Entry, workspace: Workspace
) -> None:
    (agent,) = workspace.latest_build.agents
    ended = impatient.quiet_terminal(agent.id, most=_QUIET_SECONDS)
    assert _SHORT_SECONDS - 0.5 < ended < _QUIET_SECONDS - 1, "so quiet it is, and so nginx ends it"
    assert entry.quiet_terminal(agent.id, most=_QUIET_SECONDS) == _QUIET_SECONDS


def test_a_quiet_shell_keeps_its_connection_because_the_setting_says_so(
    entry: _Entry, impatient: _Entry, cli_by_name: CliRun, workspace: Workspace
) -> None:
    words = ("ssh", workspace.name, "--", f"sleep {_QUIET_SECONDS}; echo still here")
    kept = entry.sptcoder(cli_by_name, *words)
    assert (kept.returncode, kept.stdout) == (0, "still here\n"), kept.stderr
    assert entry.nginx.quiet_connections_ended() == 0
    relayed = [request for request in entry.nginx.requests() if request["upgrade"] == "DERP"]
    assert len(relayed) == 1, "it came through here, by one connection for as long as it lived"
    # The tunnel makes itself anew under the shell: what tells is that it had to.
    impatient.sptcoder(cli_by_name, *words)
    assert impatient.nginx.quiet_connections_ended() > 0
