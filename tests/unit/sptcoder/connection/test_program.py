"""The `coder` program of a server: fetched once, verified, kept, and replaced when the server has another."""

import hashlib
import json
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import SptFlowError
from sptcoder.api import CoderClient, NoAnswerError
from sptcoder.config import Context
from sptcoder.connection.program import coder_program
from sptcoder.connection.release_name import program_name
from sptcoder.session import Session
from tests.support.posix import posix_only

pytestmark = posix_only

NAME = program_name(sys.platform, platform.machine())
CANARY = "canary-token-0815"


@dataclass
class Offering:
    """A server with a program: what it says of it, what it really sends, what it was asked."""

    version: str = "v2.26.5"
    says: str = "v2.26.5"
    digest: str | None = None
    cut: int = 0
    status: int = 200
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def program(self) -> bytes:
        answer = json.dumps({"version": self.says})
        return f"#!/bin/sh\necho '{answer}'\n".encode()


@pytest.fixture
def offering() -> Iterator[Offering]:
    offered = Offering()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            offered.asked.append(f"{self.command} {self.path}")
            body = offered.program
            self.send_response(offered.status if self.path.startswith("/bin/") else 200)
            if self.path.startswith("/bin/"):
                offered.tokens.append(self.headers.get("Coder-Session-Token", ""))
                named = offered.digest or hashlib.sha1(body, usedforsecurity=False).hexdigest()
                self.send_header("ETag", f'"{named}"')
            else:
                body = json.dumps({"version": offered.version, "deployment_id": "d"}).encode()
            self.send_header("X-Coder-Build-Version", offered.version)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body[: len(body) - offered.cut] if self.path.startswith("/bin/") else body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        offered.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield offered
        server.shutdown()
        thread.join()


@pytest.fixture
def session(offering: Offering) -> Iterator[Session]:
    with CoderClient(offering.url, CANARY) as client:
        yield Session(client, Context(name="test", url=offering.url, token=SecretStr(CANARY)))


def test_it_is_fetched_once_and_verified_from_the_server(offering: Offering, session: Session, tmp_path: Path) -> None:
    lines: list[str] = []
    first = coder_program(session, lines.append, cache=tmp_path)
    second = coder_program(session, lines.append, cache=tmp_path)
    assert first == second
    assert first.path.read_bytes() == offering.program
    assert first.path.stat().st_mode & 0o777 == 0o700
    assert offering.asked.count(f"GET /bin/{NAME}") == 1
    assert lines == [f"Fetching the coder program v2.26.5 from {offering.url} (0 MB); it is kept for later."]
    assert not any(offering.tokens), "whoever fetches a program needs no token"


def test_server_and_token_go_by_environment(session: Session, tmp_path: Path) -> None:
    program = coder_program(session, lambda _: None, cache=tmp_path)
    environment = program.environment(session)
    assert (environment["CODER_URL"], environment["CODER_SESSION_TOKEN"]) == (session.url, CANARY)
    assert CANARY not in repr(program.command(session))
    assert not list(tmp_path.rglob("*session*"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"digest": "0" * 40}, "its SHA-1 is [0-9a-f]{40}, and the server names 0{40}"),
        ({"says": "v2.0.0"}, "The server is version v2.26.5, but the coder program it offers says it is v2.0.0"),
        ({"says": "'; exit 1; '"}, "does not run on this machine"),
        ({"status": 404}, f"has no program '{NAME}' for this machine"),
        ({"status": 503}, "answered 503"),
    ],
    ids=["another content", "another version", "not running", "not there", "not now"],
)
def test_what_is_not_as_offered_is_not_kept(
    offering: Offering, session: Session, tmp_path: Path, fault: dict[str, object], said: str
) -> None:
    for name, value in fault.items():
        setattr(offering, name, value)
    with pytest.raises(SptFlowError, match=said):
        coder_program(session, lambda _: None, cache=tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_connection_that_breaks_leaves_nothing(offering: Offering, session: Session, tmp_path: Path) -> None:
    offering.cut = 5
    with pytest.raises(NoAnswerError):
        coder_program(session, lambda _: None, cache=tmp_path)
    assert not list(tmp_path.rglob("*coder-*"))
    offering.cut = 0
    assert coder_program(session, lambda _: None, cache=tmp_path).path.is_file()


def test_a_newer_server_gets_its_own_and_the_one_before_is_kept(
    offering: Offering, session: Session, tmp_path: Path
) -> None:
    paths = []
    for version in ("v2.26.5", "v2.27.0+abc", "v2.28.1"):
        offering.version = offering.says = version
        paths.append(coder_program(session, lambda _: None, cache=tmp_path).path)
    assert [path.is_file() for path in paths] == [False, True, True]


def test_several_processes_fetch_it_once(offering: Offering, tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from sptcoder.connection.program import coder_program\n"
        "from sptcoder.session import open_session\n"
        "with open_session() as session:\n"
        "    print(coder_program(session, lambda _: None, cache=Path(sys.argv[1])).path)\n"
    )
    environment = {"CODER_URL": offering.url, "CODER_SESSION_TOKEN": CANARY, "PYTHONPATH": ".", "PATH": "/usr/bin:/bin"}
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=environment, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    said = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(said) == 1
    assert offering.asked.count(f"GET /bin/{NAME}") == 1


def test_a_folder_that_cannot_be_used_is_named(session: Session, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SptFlowError, match="where the coder program is kept, cannot be used") as caught:
        coder_program(session, lambda _: None, cache=tmp_path / "file")
    assert caught.value.next_command is not None
    assert caught.value.next_command.startswith("XDG_CACHE_HOME=")
