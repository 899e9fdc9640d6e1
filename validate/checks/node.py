"""Node: a package installed from a registry on the loopback device, and then from npm's cache alone."""

__all__ = ["NODE"]

import base64
import hashlib
import io
import json
import shutil
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_SAID = "Hello from a package"
_PACKAGE = {
    "package/package.json": json.dumps({"name": "greeting", "version": "1.0.0", "main": "index.js"}),
    "package/index.js": f'module.exports = "{_SAID}";\n',
}


class _Registry(BaseHTTPRequestHandler):
    """A registry with one package."""

    tarball: ClassVar[bytes] = b""

    def do_GET(self) -> None:
        if self.path.endswith(".tgz"):
            self._answer(self.tarball, "application/octet-stream")
        else:
            self._answer(json.dumps(self._document()).encode(), "application/json")

    def _document(self) -> dict[str, Any]:
        host = self.headers["Host"]
        digest = base64.b64encode(hashlib.sha512(self.tarball).digest()).decode()
        address = f"http://{host}/greeting/-/greeting-1.0.0.tgz"
        dist = {"tarball": address, "integrity": f"sha512-{digest}"}
        version = {"name": "greeting", "version": "1.0.0", "main": "index.js", "dist": dist}
        return {"name": "greeting", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "public, max-age=300")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


def _tarball() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in _PACKAGE.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def _install(bench: Workbench) -> str:
    _Registry.tarball = _tarball()
    version = first_line(bench.run("node", "--version").stdout)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = (
            *("--cache", str(bench.folder / "cache"), "--registry", f"http://127.0.0.1:{server.server_port}/"),
            *("--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--loglevel", "error"),
        )
        bench.write("package.json", '{"name": "hello", "version": "1.0.0", "private": true}')
        bench.run("npm", "install", *options, "greeting@1.0.0", env=_NO_PROXY)
        server.shutdown()
    shutil.rmtree(bench.folder / "node_modules")
    bench.run("npm", "ci", "--offline", *options, env=_NO_PROXY)
    said = bench.run("node", "--print", "require('greeting')").stdout.strip()
    if said != _SAID:
        raise CheckFailedError(f"The package that npm installed printed '{said}', not '{_SAID}'.")
    return f"Node {version}: npm installed a package, and again from its cache alone."


_NO_PROXY = {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}

NODE = Check("node", "npm install, from the cache too", _install, tools=("node",), seconds=120)
