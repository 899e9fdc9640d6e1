"""What the builder pushed once, kept compressed: a fresh lab's registry gets it as it is.

Docker keeps layers unpacked and compresses them again for every registry, which takes more processor time than anything
else in a lab's start. Only registries of labs are served from here, which ask for no credentials and speak plain HTTP.
"""

__all__ = ["KeptPushes", "kept_pushes"]

import hashlib
import http.client
import ipaddress
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from core.image_reference import ImageReference
from lab.builder.place import BuilderPlace

_LABS: Final = ipaddress.ip_network("10.98.0.0/16")
_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
_SECONDS: Final = 60.0
_CHUNK: Final = 1 << 20
_KEPT: Final = 4
"""Images; layers that none of them has are dropped."""


class _UnexpectedAnswerError(Exception):
    """A registry's answer is not what was asked for; whoever asked goes another way."""


_FAILURES: Final = (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, _UnexpectedAnswerError)


@dataclass(frozen=True)
class KeptPushes:
    """The folder: `blobs/` by digest, `images/<image id>.json` manifests as they were pushed."""

    folder: Path

    def push(self, name: str, image_id: str) -> str | None:
        """Push an image that is kept; return the digest of its manifest, None if that did not do."""
        try:
            manifest = self._record(image_id).read_bytes()
            image = ImageReference.parse(name)
            with _connected(image.registry) as registry:
                for blob in _blobs(json.loads(manifest)):
                    self._upload(registry, image.repository, blob)
                path = f"/v2/{image.repository}/manifests/{image.tag}"
                _ask(registry, ("PUT", path), {201}, manifest, {"Content-Type": _MANIFEST})
        except _FAILURES:
            return None
        os.utime(self._record(image_id))
        return _digest(manifest)

    def keep(self, name: str, image_id: str, digest: str) -> None:
        """Take what has just been pushed from the registry; a failure costs nothing but the next push's time."""
        try:
            image = ImageReference.parse(name)
            with _connected(image.registry) as registry:
                path = f"/v2/{image.repository}/manifests/{digest}"
                manifest, _ = _ask(registry, ("GET", path), {200}, None, {"Accept": _MANIFEST})
                if _digest(manifest) != digest:
                    return
                for blob in _blobs(json.loads(manifest)):
                    self._download(registry, image.repository, blob)
            self._record(image_id).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self._record(image_id), manifest)
            self._drop_others()
        except _FAILURES:
            return

    def _upload(self, registry: http.client.HTTPConnection, repository: str, blob: str) -> None:
        base = f"/v2/{repository}/blobs"
        _, there = _ask(registry, ("HEAD", f"{base}/{blob}"), {200, 404})
        if there.status == http.HTTPStatus.OK:
            return
        with self._blob(blob).open("rb") as content:
            _, begun = _ask(registry, ("POST", f"{base}/uploads/"), {202}, b"")
            place = urlsplit(begun.headers["Location"])
            end = f"{place.path}?{place.query}{'&' if place.query else ''}digest={blob}"
            size = {"Content-Length": str(os.fstat(content.fileno()).st_size)}
            _ask(registry, ("PUT", end), {201}, content, {"Content-Type": "application/octet-stream", **size})

    def _download(self, registry: http.client.HTTPConnection, repository: str, blob: str) -> None:
        kept = self._blob(blob)
        if kept.is_file():
            return
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        registry.request("GET", f"/v2/{repository}/blobs/{blob}")
        answer = registry.getresponse()
        if answer.status != http.HTTPStatus.OK:
            raise _UnexpectedAnswerError
        fresh = kept.with_suffix(f".{os.getpid()}")
        try:
            with fresh.open("wb") as file:
                shutil.copyfileobj(answer, file, _CHUNK)
            with fresh.open("rb") as file:
                whole = hashlib.file_digest(file, "sha256").hexdigest() == blob.removeprefix("sha256:")
            if not whole:
                raise _UnexpectedAnswerError
            fresh.replace(kept)
        finally:
            fresh.unlink(missing_ok=True)

    def _drop_others(self) -> None:
        records = sorted(self.folder.glob("images/*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in records[_KEPT:]:
            old.unlink(missing_ok=True)
        used = {self._blob(blob) for record in records[:_KEPT] for blob in _blobs(json.loads(record.read_bytes()))}
        for path in self.folder.glob("blobs/*"):
            if path not in used:
                path.unlink(missing_ok=True)

    def _record(self, image_id: str) -> Path:
        return self.folder / "images" / f"{image_id.removeprefix('sha256:')}.json"

    def _blob(self, digest: str) -> Path:
        return self.folder / "blobs" / digest.removeprefix("sha256:")


def kept_pushes(name: str, environment: Mapping[str, str]) -> KeptPushes | None:
    """Return where pushes of the image `name` are kept; None unless a lab's builder pushes to a lab's registry."""
    place = BuilderPlace.of()
    host = ImageReference.parse(name).registry.rpartition(":")[0]
    try:
        is_labs = ipaddress.ip_address(host) in _LABS
    except ValueError:
        is_labs = False
    return (
        KeptPushes(place.root / "pushed") if is_labs and environment.get("DOCKER_HOST") == place.docker_host else None
    )


@contextmanager
def _connected(host: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(host, timeout=_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def _ask(
    registry: http.client.HTTPConnection,
    request: tuple[str, str],
    expected: set[int],
    body: Any = None,  # noqa: ANN401 - bytes or a file, as http.client takes them
    headers: Mapping[str, str] | None = None,
) -> tuple[bytes, http.client.HTTPResponse]:
    """Send method and path; return body and answer; raise _UnexpectedAnswerError for a status not expected."""
    registry.request(*request, body=body, headers=dict(headers or {}))
    answer = registry.getresponse()
    content = answer.read()
    if answer.status not in expected:
        raise _UnexpectedAnswerError
    return content, answer


def _blobs(manifest: Mapping[str, Any]) -> list[str]:
    return [str(manifest["config"]["digest"]), *(str(layer["digest"]) for layer in manifest["layers"])]


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)
