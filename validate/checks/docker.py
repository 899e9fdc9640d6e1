"""Docker's client, which talks its API to a socket of this check; and the daemon of the class `docker`."""

__all__ = ["DOCKER", "DOCKERD"]

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_ANSWERED = "1.2.3-validate"


class _Daemon(BaseHTTPRequestHandler):
    """As much of a daemon as `docker version` asks for."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        about = {"Version": _ANSWERED, "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"}
        self._answer(b"OK" if self.path.endswith("/_ping") else json.dumps(about).encode())

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing; the peer of such a socket has no address."""


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def _ask(bench: Workbench) -> str:
    socket = bench.folder / "d.sock"
    own = {"DOCKER_HOST": f"unix://{socket}", "DOCKER_CONFIG": str(bench.folder), "DOCKER_CONTEXT": ""}
    with _UnixServer(str(socket), _Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown = bench.run("docker", "version", "--format", "{{.Client.Version}} {{.Server.Version}}", env=own).stdout
        server.shutdown()
    client, _, daemon = shown.strip().partition(" ")
    if daemon != _ANSWERED:
        raise CheckFailedError(f"docker read '{daemon}' as the daemon's version, not '{_ANSWERED}'.")
    return f"Docker's client {client} spoke to a socket."


def _ask_daemon(bench: Workbench) -> str:
    # It is started only where the workspace class gives it what it needs.
    program = next((path for path in ("/usr/sbin/dockerd", "/usr/bin/dockerd") if Path(path).exists()), "dockerd")
    return f"{first_line(bench.run(program, '--version').stdout)}; it is started in the workspace class docker alone."


DOCKER = Check("docker", "the client speaks its API", _ask, tools=("docker",))
DOCKERD = Check("dockerd", "the daemon is there", _ask_daemon, tools=("dockerd",))
