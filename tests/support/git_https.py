"""A private git repository over https, as a hosting service has it: it wants a user name and a password."""

import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.command import Command

REPOSITORY = "private.git"


@dataclass(frozen=True)
class PrivateRepository:
    """Where it is, and the folder it is in; `host` has the port."""

    host: str
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{self.host}/{REPOSITORY}"

    def subjects(self) -> list[str]:
        """Return what the commits of its branches say."""
        return Command("git", cwd=self.folder).run("log", "--all", "--format=%s").stdout.splitlines()


@contextmanager
def private_repository(folder: Path, address: str, *, username: str, password: str) -> Iterator[PrivateRepository]:
    """Serve an empty repository that can be pushed to, with a certificate of its own, for as long as the block runs."""
    bare = folder / REPOSITORY
    git = Command("git", env={"GIT_CONFIG_GLOBAL": os.devnull})
    git.run("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git.run("-C", str(bare), "config", "http.receivepack", "true")
    expected = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()

    class Handler(_GitHandler):
        authorization = expected
        root = folder

    with _TlsServer((address, 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(folder))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield PrivateRepository(f"{address}:{server.server_port}", bare)
        finally:
            server.shutdown()
            thread.join()


class _TlsServer(ThreadingHTTPServer):
    """Says goodbye as TLS has it: a client takes anything else for an attack."""

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the base class's signature
        with suppress(OSError):
            request.unwrap()
        super().shutdown_request(request)


class _GitHandler(BaseHTTPRequestHandler):
    """Hands each request of somebody who is known to git's own server program."""

    authorization: str
    root: Path
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.headers.get("Authorization") != self.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="private"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        url = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": "somebody",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in {**fields, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "private repository of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
