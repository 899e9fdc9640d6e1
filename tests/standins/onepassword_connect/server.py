"""A 1Password Connect server, standing in for the real one: vaults, items, tokens with vaults of their own, faults.

Answers over real HTTP what the Connect API's specification says of the requests that only read. Standard library only.
"""

import hmac
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = ["ConnectServer", "Item", "connect_server", "identifier"]

_FILTER = re.compile(r'(?:title|name) eq "(?P<text>.*)"', re.DOTALL)


def identifier(text: str) -> str:
    """Return an identifier that stands for a text: 26 letters and digits."""
    return (re.sub(r"[^a-z0-9]", "", text.lower()) + "x" * 26)[:26]


@dataclass(frozen=True)
class Item:
    """An item of a vault. `fields` stand outside of sections, by label; `sections` hold theirs by label."""

    vault: str
    title: str
    category: str = "API_CREDENTIAL"
    fields: dict[str, str] = field(default_factory=dict)
    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    id: str = ""

    def shown(self) -> dict[str, Any]:
        """Return the item as the list has it: without its fields."""
        return {
            "id": self.id or identifier(self.title),
            "title": self.title,
            "vault": {"id": identifier(self.vault)},
            "category": self.category,
            "version": 1,
        }

    def whole(self) -> dict[str, Any]:
        """Return the item with its fields."""
        fields = [
            {"id": label, "label": label, "type": "CONCEALED", "value": value, **_purpose(label)}
            for label, value in self.fields.items()
        ]
        sections = [{"id": identifier(label), "label": label} for label in self.sections]
        inside = [
            {"id": identifier(label), "label": label, "type": "STRING", "value": value, "section": section}
            for section in sections
            for label, value in self.sections[section["label"]].items()
        ]
        return {**self.shown(), "sections": sections, "fields": [*fields, *inside]}


def _purpose(label: str) -> dict[str, str]:
    known = {"password": "PASSWORD", "username": "USERNAME"}
    return {"purpose": known[label]} if label in known else {}


class ConnectServer(ThreadingHTTPServer):
    """The server; `tokens` says which vaults a token opens. `fault` is a status that every request gets, and a body."""

    daemon_threads = True

    def __init__(self, tokens: Mapping[str, Sequence[str]], items: Sequence[Item]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens = tokens
        self.items = list(items)
        self.asked: list[str] = []
        self.fault: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Stay silent about clients that hang up."""

    def answer(self, path: str, query: str, scope: Sequence[str]) -> tuple[int, object]:
        """Return status and body of a request of somebody whose token opens the vaults in `scope`."""
        match = [unquote(part) for part in path.strip("/").split("/")]
        wanted = _FILTER.fullmatch(parse_qs(query).get("filter", [""])[0])
        vaults = {identifier(item.vault): item.vault for item in self.items if item.vault in scope}
        if match == ["v1", "vaults"]:
            named = [(key, name) for key, name in vaults.items() if wanted is None or wanted["text"] == name]
            return 200, [{"id": key, "name": name} for key, name in sorted(named)]
        if match[:2] != ["v1", "vaults"]:
            return 404, {"status": 404, "message": "not found"}
        if match[2] not in vaults:
            known = match[2] in {identifier(item.vault) for item in self.items}
            said = f"vault {match[2]} is not in scope" if known else f"vault {match[2]} not found"
            return (403 if known else 404), {"status": 403 if known else 404, "message": said}
        return self._inside(match[2], vaults[match[2]], match[3:], None if wanted is None else wanted["text"])

    def _inside(self, vault: str, name: str, rest: list[str], title: str | None) -> tuple[int, object]:
        inside = [item for item in self.items if item.vault == name]
        if not rest:
            return 200, {"id": vault, "name": name, "type": "USER_CREATED", "items": len(inside)}
        if rest == ["items"]:
            return 200, [item.shown() for item in inside if title in (None, item.title)]
        for item in inside:
            if rest == ["items", item.shown()["id"]]:
                return 200, item.whole()
        return 404, {"status": 404, "message": f"item {rest[-1]} in vault {vault} not found"}


class _Handler(BaseHTTPRequestHandler):
    server: ConnectServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(self.path)
        if self.server.fault is not None:
            self._send(*self.server.fault)
            return
        if parts.path == "/heartbeat":
            self._send(200, b".")
            return
        if parts.path == "/health":
            self._send(200, json.dumps({"name": "1Password Connect API", "version": "1.8.2"}).encode())
            return
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        scopes = [
            vaults
            for token, vaults in self.server.tokens.items()
            if hmac.compare_digest(token.encode(), given.encode())
        ]
        if not scopes:
            self._send(401, json.dumps({"status": 401, "message": "Invalid token signature"}).encode())
            return
        status, body = self.server.answer(parts.path, parts.query, scopes[0])
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def connect_server(tokens: Mapping[str, Sequence[str]], items: Sequence[Item]) -> Iterator[ConnectServer]:
    """Serve for the block."""
    server = ConnectServer(tokens, items)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
