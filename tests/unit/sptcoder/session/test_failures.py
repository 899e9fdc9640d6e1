"""The failures between a user and a server, each met on a real socket: one sentence and the next command."""

import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from core.errors import SptFlowError
from sptcoder.api.errors import ApiError, NoAnswerError
from sptcoder.session import (
    ExpiredTokenError,
    NotCoderError,
    TlsError,
    UnreachableError,
    VersionSkewError,
    open_session,
)
from sptcoder.session.failures import explained
from sptcoder.session.sign_in import check_server, check_token
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd

CANARY = "canary-4711-secret"


class _Page(http.server.BaseHTTPRequestHandler):
    """A web server that is no Coder."""

    def do_GET(self) -> None:
        self.send_response(302 if "redirect" in self.path else 200)
        self.send_header("Location", "/login")
        self.end_headers()
        self.wfile.write(b"<html>Welcome to the proxy</html>")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Say nothing."""


@contextmanager
def _web_server(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], SptFlowError]:
    """Return what a session with an address fails with; checked for being one sentence without the token."""

    def fail(url: str) -> SptFlowError:
        monkeypatch.setenv("CODER_URL", url)
        monkeypatch.setenv("CODER_SESSION_TOKEN", CANARY)
        monkeypatch.setattr("sptcoder.session.session._FIRST_PATIENCE", 0.5)
        with pytest.raises(SptFlowError) as caught, open_session() as session:
            session.client.users.me()
        error = caught.value
        assert CANARY not in str(error)
        assert "\n" not in error.message
        assert error.next_command
        return error

    return fail


def test_unreachable_nothing_listens(fails: Callable[[str], SptFlowError]) -> None:
    error = fails("http://127.0.0.1:1")
    assert isinstance(error, UnreachableError)
    assert error.message.startswith(
        "Coder at http://127.0.0.1:1 cannot be reached: nothing listens there (connection refused) (correlation id "
    )
    assert error.next_command == "sptcoder doctor"


def test_unreachable_no_such_host(fails: Callable[[str], SptFlowError]) -> None:
    error = fails("http://coder.invalid")
    assert isinstance(error, UnreachableError)
    assert "cannot be reached: no such host is known (correlation id " in error.message


def test_tls_an_untrusted_certificate(fails: Callable[[str], SptFlowError], tmp_path: Path) -> None:
    with _web_server(_self_signed(tmp_path)) as port:
        error = fails(f"https://localhost:{port}")
    assert isinstance(error, TlsError)
    assert (
        f"The certificate of https://localhost:{port} is not trusted here: self-signed certificate (" in error.message
    )
    assert error.next_command is not None
    assert error.next_command.startswith("SSL_CERT_FILE=")


def test_tls_the_next_command_helps(
    fails: Callable[[str], SptFlowError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with _web_server(context) as port:
        error = fails(f"https://localhost:{port}")
    assert isinstance(error, NotCoderError)


def test_tls_a_plain_server(fails: Callable[[str], SptFlowError]) -> None:
    with _web_server() as port:
        error = fails(f"https://127.0.0.1:{port}")
    assert isinstance(error, TlsError)
    assert error.message.startswith(f"https://127.0.0.1:{port} does not speak TLS (")
    assert error.next_command == f"sptcoder init --url http://127.0.0.1:{port}"


@pytest.mark.parametrize("path", ["", "/redirect"])
def test_not_a_coder(fails: Callable[[str], SptFlowError], path: str) -> None:
    with _web_server() as port:
        error = fails(f"http://127.0.0.1:{port}{path}")
    assert isinstance(error, NotCoderError)
    assert "is no Coder server: status " in error.message


def test_expired_token(fails: Callable[[str], SptFlowError], coderd: Coderd) -> None:
    error = fails(coderd.url)
    assert isinstance(error, ExpiredTokenError)
    assert "expired, revoked, or of another server" in error.message
    assert error.next_command == "give a valid token in CODER_SESSION_TOKEN, or unset it and use sptcoder init"


@pytest.mark.parametrize(("version", "said"), [("v3.0.1", "newer than"), ("v2.20.0", "older than")])
def test_version_skew(fails: Callable[[str], SptFlowError], coderd: Coderd, version: str, said: str) -> None:
    coderd.platform.version = version
    coderd.platform.token = CANARY
    coderd.faults = [Fault("GET", "/api/v2/users/me", "status", times=9, status=404)]
    error = fails(coderd.url)
    assert isinstance(error, VersionSkewError)
    assert f"is {version[1:]}, {said} this program understands (2.26.0 up to 2.x)" in error.message


def test_a_404_of_a_known_version_is_no_skew(fails: Callable[[str], SptFlowError], coderd: Coderd) -> None:
    coderd.platform.token = CANARY
    coderd.faults = [Fault("GET", "/api/v2/users/me", "status", times=9, status=404)]
    error = fails(coderd.url)
    assert isinstance(error, ApiError)
    assert error.next_command == "sptcoder list"


def test_version_skew_an_answer_in_another_form(monkeypatch: pytest.MonkeyPatch, coderd: Coderd) -> None:
    monkeypatch.setenv("CODER_URL", coderd.url)
    monkeypatch.setenv("CODER_SESSION_TOKEN", coderd.platform.token)
    monkeypatch.setattr(type(coderd.platform), "_me", lambda *_, **__: coderd.platform._healthz())
    said = r"v2\.36\.3.*answers in a form this program does not know: User"
    with pytest.raises(VersionSkewError, match=said), open_session() as session:
        session.client.users.me()


def test_a_server_that_answered_once_is_waited_for(monkeypatch: pytest.MonkeyPatch, coderd: Coderd) -> None:
    monkeypatch.setenv("CODER_URL", coderd.url)
    monkeypatch.setenv("CODER_SESSION_TOKEN", coderd.platform.token)
    monkeypatch.setattr("sptcoder.session.session._FIRST_PATIENCE", 0.0)
    with open_session() as session:
        session.client.deployment.build_info()
        coderd.faults = [Fault("GET", "/api/v2/users/me", "drop", times=2)]
        assert session.client.users.me().username


def test_a_correlation_id_is_in_the_sentence_and_in_the_request(
    fails: Callable[[str], SptFlowError], coderd: Coderd
) -> None:
    message = fails(coderd.url).message
    sent = coderd.requests[-1].headers["X-Correlation-Id"]
    assert f"(correlation id {sent})" in message


REASONS = [
    ("[Errno -2] Name or service not known", "no such host is known"),
    ("[Errno 8] nodename nor servname provided, or not known", "no such host is known"),
    ("[Errno 11001] getaddrinfo failed", "no such host is known"),
    ("[Errno -3] Temporary failure in name resolution", "no such host is known"),
    ("[Errno 111] Connection refused", "nothing listens there (connection refused)"),
    ("[Errno 61] Connection refused", "nothing listens there (connection refused)"),
    (
        "[WinError 10061] No connection could be made because the target machine actively refused it",
        "nothing listens there (connection refused)",
    ),
    ("timed out", "it did not answer in time"),
    ("[Errno 113] No route to host", "this machine has no way to it"),
    ("[Errno 101] Network is unreachable", "this machine has no way to it"),
    ("403 Forbidden by proxy", "the proxy of this machine's settings refused"),
    ("Server disconnected without sending a response.", "Server disconnected without sending a response"),
]


@pytest.mark.parametrize(("reason", "said"), REASONS)
def test_every_systems_words_are_said_in_ours(reason: str, said: str) -> None:
    error = NoAnswerError(
        method="GET", path="/x", url="http://h", reason=reason, may_have_acted=False, correlation_id="c1"
    )
    assert explained(error, "http://h").message == f"Coder at http://h cannot be reached: {said} (correlation id c1)."


def test_a_request_that_may_have_acted_is_said_to() -> None:
    error = NoAnswerError(
        method="POST", path="/x", url="http://h", reason="timed out", may_have_acted=True, correlation_id="c1"
    )
    assert explained(error, "http://h").message.endswith(" It may have acted on the request.")


def test_check_server_and_token(coderd: Coderd) -> None:
    assert check_server(coderd.url) == "v2.36.3+7e0ff4c"
    assert check_token(coderd.url, SecretStr(coderd.platform.token)) == "spt-ci"
    assert "Coder-Session-Token" not in coderd.seen("GET", "/api/v2/buildinfo")[0].headers
    with pytest.raises(ExpiredTokenError) as caught:
        check_token(coderd.url, SecretStr(CANARY))
    assert CANARY not in str(caught.value)
    assert caught.value.next_command == f"sptcoder init --url {coderd.url}"


@pytest.mark.parametrize("version", ["v3.0.0", "v2.25.9"])
def test_check_server_refuses_versions_nobody_tried(coderd: Coderd, version: str) -> None:
    coderd.platform.version = version
    with pytest.raises(VersionSkewError):
        check_server(coderd.url)


@pytest.mark.parametrize("version", ["v0.0.0-devel+abc", "devel"])
def test_a_build_of_somebodys_own_is_taken(coderd: Coderd, version: str) -> None:
    coderd.platform.version = version
    assert check_server(coderd.url) == version
