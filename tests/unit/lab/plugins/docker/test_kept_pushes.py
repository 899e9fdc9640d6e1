"""Pushes that are kept: taken from one registry, given to another, and never in the way of a push."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from lab.builder.place import BuilderPlace
from lab.plugins.docker.kept_pushes import KeptPushes, kept_pushes

ID: Final = "sha256:" + "1d" * 32
UPLOAD: Final = re.compile(r"/v2/team/image/blobs/uploads/7\?state=x&digest=(sha256:[0-9a-f]{64})")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


LAYERS: Final = {_digest(content): content for content in (b"config", b"first layer", b"second layer")}
MANIFEST: Final = json.dumps(
    {
        "config": {"digest": _digest(b"config")},
        "layers": [{"digest": _digest(b"first layer")}, {"digest": _digest(b"second layer")}],
    }
).encode()


class Registry:
    """The few requests of a registry that a push and a pull are made of, on a port of its own."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.broken = ""
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                registry.asked.append(f"{self.command} {self.path}")
                status, headers, content = registry.answer(self.command, self.path, body)
                self.send_response(500 if self.command == registry.broken else status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.name = f"127.0.0.1:{self.server.server_port}/team/image:1"

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        key = path.rpartition("/")[2]
        if method == "POST":
            return (
                202,
                {"Location": f"http://127.0.0.1:{self.server.server_port}/v2/team/image/blobs/uploads/7?state=x"},
                b"",
            )
        if method == "PUT":
            found = UPLOAD.fullmatch(path)
            self.content[found[1] if found else key] = body
            return 201, {}, b""
        content = self.content.get(key)
        return (404, {}, b"") if content is None else (200, {}, content)

    def fill(self) -> None:
        self.content = {**LAYERS, _digest(MANIFEST): MANIFEST}


@pytest.fixture
def registry() -> Iterator[Callable[[], Registry]]:
    made: list[Registry] = []

    def make() -> Registry:
        made.append(Registry())
        return made[-1]

    yield make
    for each in made:
        each.server.shutdown()
        each.server.server_close()


@pytest.fixture
def kept(tmp_path: Path, registry: Callable[[], Registry]) -> KeptPushes:
    """Return a store that has taken one push."""
    first, store = registry(), KeptPushes(tmp_path)
    first.fill()
    store.keep(first.name, ID, _digest(MANIFEST))
    return store


def test_a_fresh_registry_gets_everything(kept: KeptPushes, registry: Callable[[], Registry]) -> None:
    fresh = registry()
    assert kept.push(fresh.name, ID) == _digest(MANIFEST)
    assert fresh.content == {**LAYERS, "1": MANIFEST}


def test_what_is_there_is_not_sent_again(kept: KeptPushes, registry: Callable[[], Registry]) -> None:
    other = registry()
    other.fill()
    assert kept.push(other.name, ID) == _digest(MANIFEST)
    assert [line for line in other.asked if line.startswith("POST")] == []


def test_an_image_that_is_not_kept_is_not_pushed(kept: KeptPushes, registry: Callable[[], Registry]) -> None:
    fresh = registry()
    assert kept.push(fresh.name, "sha256:" + "0" * 64) is None
    assert fresh.asked == []


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT"])
def test_a_registry_that_refuses_leaves_the_push_to_docker(
    method: str, kept: KeptPushes, registry: Callable[[], Registry]
) -> None:
    fresh = registry()
    fresh.broken = method
    assert kept.push(fresh.name, ID) is None


def test_nobody_there_leaves_the_push_to_docker(kept: KeptPushes) -> None:
    assert kept.push("127.0.0.1:9/team/image:1", ID) is None
    kept.keep("127.0.0.1:9/team/image:1", ID, _digest(MANIFEST))


def test_a_lost_layer_leaves_the_push_to_docker(kept: KeptPushes, registry: Callable[[], Registry]) -> None:
    next(kept.folder.glob("blobs/*")).unlink()
    assert kept.push(registry().name, ID) is None


def test_a_layer_that_is_not_what_it_is_called_is_not_kept(tmp_path: Path, registry: Callable[[], Registry]) -> None:
    first, store = registry(), KeptPushes(tmp_path)
    first.fill()
    first.content[_digest(b"second layer")] = b"something else"
    store.keep(first.name, ID, _digest(MANIFEST))
    assert not (tmp_path / "images").exists()
    assert store.push(registry().name, ID) is None


def test_old_images_go_with_what_only_they_had(kept: KeptPushes, registry: Callable[[], Registry]) -> None:
    first = registry()
    first.fill()
    for number in range(6):
        layer = f"layer {number}".encode()
        manifest = json.dumps(
            {"config": {"digest": _digest(b"config")}, "layers": [{"digest": _digest(layer)}]}
        ).encode()
        first.content |= {_digest(layer): layer, _digest(manifest): manifest}
        kept.keep(first.name, f"sha256:{number:064}", _digest(manifest))
    assert len(list(kept.folder.glob("images/*.json"))) == 4
    assert len(list(kept.folder.glob("blobs/*"))) == 5


def test_only_the_builder_and_the_registries_of_labs_are_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ours = {"DOCKER_HOST": BuilderPlace.of().docker_host}
    assert kept_pushes("10.98.7.50:5000/x:1", ours) is not None
    assert kept_pushes("10.98.7.50:5000/x:1", {"DOCKER_HOST": "unix:///run/docker.sock"}) is None
    assert kept_pushes("10.98.7.50:5000/x:1", {}) is None
    assert kept_pushes("10.99.7.50:5000/x:1", ours) is None
    assert kept_pushes("registry.example.com/x:1", ours) is None
