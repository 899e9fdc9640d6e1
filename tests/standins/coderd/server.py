"""A small Coder server on a real socket: what the real one of the lab cannot show, newer versions and faults."""

__all__ = ["Coderd", "Request"]

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.standins.coderd.answer import Answer
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.platform import Platform


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Coderd:
    """The server; `platform` is what it knows, `faults` what it does wrong, `requests` what it was asked."""

    platform: Platform = field(default_factory=Platform)
    faults: list[Fault] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"server_state": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def seen(self, method: str, path: str) -> list[Request]:
        """Return the requests of this method and path."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def count(self, method: str) -> int:
        """Return how many requests of this method there were."""
        return sum(request.method == method for request in self.requests)


class _Handler(BaseHTTPRequestHandler):
    server_state: Coderd
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and content in one packet: two would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's signature
        """Say nothing."""

    def _serve(self) -> None:
        coderd = self.server_state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        with coderd.lock:
            coderd.requests.append(Request(self.command, url.path, dict(self.headers.items()), body))
            fault = next((one for one in coderd.faults if one.strikes(self.command, url.path)), None)
            if fault is not None and fault.kind in {"drop", "status", "proxy"}:
                answer = Answer(fault.status, {"message": fault.message})
            else:
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                token = self.headers.get("Coder-Session-Token", "")
                answer = coderd.platform.answer(self.command, url.path, query, body, token)
        self._write(answer, fault)

    def _write(self, answer: Answer, fault: Fault | None) -> None:
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "slow":
            time.sleep(fault.seconds)
        if kind in {"drop", "drop-after"}:
            self.close_connection = True
            return
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        if kind == "proxy":
            content = b"<html>" + self.server_state.platform.proxy_text.encode() + b"</html>"
        self.send_response(answer.status)
        if kind != "proxy":
            self.send_header("X-Coder-Build-Version", self.server_state.platform.version)
        for name, value in (fault.headers if fault is not None else {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if kind == "truncate" else content)
        self.close_connection = self.close_connection or kind == "truncate"

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base class's names
