"""A small MCP server over HTTP with bearer sign-in, standing in for Fleet MCP. Standard library only: one file to copy.

Speaks the streamable HTTP transport as far as a client needs it that never asks for a stream: JSON-RPC by POST to /mcp,
answered as JSON; GET of /mcp is refused with 405, as the protocol allows. /health is open, as the real one's is.

Environment: FLEET_MCP_AUTH_ENABLED ("true" asks for a token), FLEET_MCP_AUTH_TOKEN, FLEET_MCP_TASKFILE,
FLEET_MCP_PORT (8000).
"""

from __future__ import annotations

import hmac
import json
import os
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["FleetServer", "main"]

_PROTOCOLS = ("2025-06-18", "2025-03-26", "2024-11-05")
_PARSE_ERROR, _INVALID_REQUEST, _UNKNOWN_METHOD, _INVALID_PARAMS = -32700, -32600, -32601, -32602
_MAX_BODY = 1 << 20
_TOOLS = [
    {
        "name": "list_tasks",
        "description": "List the names of the tasks in the Taskfile.",
        "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
    },
    {
        "name": "echo",
        "description": "Return the given text.",
        "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
]


class _RequestError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class FleetServer(ThreadingHTTPServer):
    """The server; `token` None means that no sign-in is asked for."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], token: str | None, taskfile: Path | None) -> None:
        super().__init__(address, _Handler)
        self.token = token
        self.taskfile = taskfile

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002 - as the base class has it
        """Stay silent about a client that hung up; say the rest in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            sys.stderr.write(f"{type(error).__name__} while serving a request\n")

    def answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the result of one request; _RequestError when it cannot be served."""
        if method == "initialize":
            asked = params.get("protocolVersion")
            return {
                "protocolVersion": asked if asked in _PROTOCOLS else _PROTOCOLS[0],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "fleet-mcp-standin", "version": "1"},
            }
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": _TOOLS}
        if method == "tools/call":
            return {"content": [{"type": "text", "text": self._call(params)}], "isError": False}
        raise _RequestError(_UNKNOWN_METHOD, f"no method {method!r}")

    def _call(self, params: dict[str, Any]) -> str:
        arguments = params.get("arguments") or {}
        if params.get("name") == "echo" and isinstance(arguments.get("text"), str):
            return str(arguments["text"])
        if params.get("name") == "list_tasks":
            return "\n".join(self._tasks())
        raise _RequestError(_INVALID_PARAMS, "no such tool, or its arguments are wrong")

    def _tasks(self) -> list[str]:
        """Return the keys below `tasks:`; enough of YAML for a Taskfile that is indented by two."""
        if self.taskfile is None or not self.taskfile.is_file():
            return []
        names: list[str] = []
        inside = False
        for line in self.taskfile.read_text().splitlines():
            if line and not line[0].isspace():
                inside = line.rstrip() == "tasks:"
            elif inside and line.startswith("  ") and line[2:3].isalnum() and line.rstrip().endswith(":"):
                names.append(line.strip().rstrip(":"))
        return names


class _Handler(BaseHTTPRequestHandler):
    server: FleetServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if self.path == "/health":
            self._send(HTTPStatus.OK, {"status": "ok"})
        elif self.path == "/mcp":
            self._send(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "no stream is offered"})
        else:
            self._send(HTTPStatus.NOT_FOUND, {"error": "not found"})

    def do_DELETE(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "there are no sessions"})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MAX_BODY:
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "a body of known length, at most 1 MiB"})
            return
        body = self.rfile.read(int(length))
        if self.path != "/mcp":
            self._send(HTTPStatus.NOT_FOUND, {"error": "not found"})
        elif not self._signed_in():
            self._send(HTTPStatus.UNAUTHORIZED, {"error": "a bearer token is needed"}, ("WWW-Authenticate", "Bearer"))
        else:
            self._serve(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - as the base class has it
        """Write method, path and status to stdout; headers, and so the token, never."""
        sys.stdout.write(f"{self.command} {self.path} {args[1] if len(args) > 1 else ''}\n" if self.command else "-\n")
        sys.stdout.flush()

    def _signed_in(self) -> bool:
        if self.server.token is None:
            return True
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.server.token.encode())

    def _serve(self, body: bytes) -> None:
        identity = None
        try:
            message = _message(body)
            identity = message.get("id")
            if identity is None:
                self._send(HTTPStatus.ACCEPTED, None)
                return
            result = self.server.answer(message["method"], message.get("params") or {})
        except ValueError:
            self._send(HTTPStatus.BAD_REQUEST, _failure(None, _PARSE_ERROR, "not JSON"))
        except _RequestError as refused:
            self._send(HTTPStatus.OK, _failure(identity, refused.code, str(refused)))
        else:
            self._send(HTTPStatus.OK, {"jsonrpc": "2.0", "id": identity, "result": result})

    def _send(self, status: HTTPStatus, payload: dict[str, Any] | None, *headers: tuple[str, str]) -> None:
        body = b"" if payload is None else json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _message(body: bytes) -> dict[str, Any]:
    message = json.loads(body)
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        raise _RequestError(_INVALID_REQUEST, "one JSON-RPC request with a method is expected")
    return message


def _failure(identity: object, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": message}}


def main() -> int:
    """Serve on loopback until stopped; exit 2 when sign-in is asked for and there is no token to compare with."""
    token = os.environ.get("FLEET_MCP_AUTH_TOKEN") or None
    asked = os.environ.get("FLEET_MCP_AUTH_ENABLED", "").lower() == "true"
    if asked and token is None:
        sys.stderr.write("FLEET_MCP_AUTH_ENABLED is true and FLEET_MCP_AUTH_TOKEN is empty.\n")
        return 2
    taskfile = os.environ.get("FLEET_MCP_TASKFILE")
    address = ("127.0.0.1", int(os.environ.get("FLEET_MCP_PORT", "8000")))
    with FleetServer(address, token if asked else None, Path(taskfile) if taskfile else None) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
