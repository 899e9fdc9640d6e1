"""The client against the registry that the lab runs, on this machine."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.command import Command
from core.image_reference import ImageReference
from lab.image_lock.registry_client import RegistryClient, RegistryError
from lab.toolchain.cache import default_cache
from tests.support.free_ports import free_port

_PROGRAM = default_cache().bin / "registry"
_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"

pytestmark = pytest.mark.skipif(not _PROGRAM.exists(), reason="no registry of the toolchain: make toolchain")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Yield host and port of an empty registry."""
    address = f"127.0.0.1:{free_port()}"
    config = {"version": 0.1, "storage": {"filesystem": {"rootdirectory": str(tmp_path)}}, "http": {"addr": address}}
    (tmp_path / "config.yml").write_text(json.dumps(config))
    with (tmp_path / "log").open("wb") as log:
        process = Command(str(_PROGRAM)).start("serve", str(tmp_path / "config.yml"), output=log)
    try:
        _wait(f"http://{address}/v2/")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the registry does not answer")


def _blob(base: str, content: bytes) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    place = httpx.post(f"{base}/blobs/uploads/").headers["Location"]
    httpx.put(f"{place}&digest={digest}", content=content).raise_for_status()
    return {"digest": digest, "size": len(content)}


def _push(base: str, reference: str, content: dict[str, object], kind: str) -> bytes:
    body = json.dumps({"schemaVersion": 2, "mediaType": kind, **content}).encode()
    httpx.put(f"{base}/manifests/{reference}", content=body, headers={"Content-Type": kind}).raise_for_status()
    return body


def test_the_digest_of_a_multi_platform_image_is_that_of_its_index(registry: str) -> None:
    base = f"http://{registry}/v2/tools/app"
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", **_blob(base, b"{}")}
    manifest = _push(base, "amd64", {"config": config, "layers": []}, _MANIFEST)
    digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    entry = {"mediaType": _MANIFEST, "digest": digest, "size": len(manifest)}
    platforms = [{**entry, "platform": {"os": "linux", "architecture": arch}} for arch in ("amd64", "arm64")]
    index = _push(base, "1", {"manifests": platforms}, _INDEX)
    with RegistryClient() as client:
        found = client.digest(ImageReference.parse(f"{registry}/tools/app:1"))
        assert found == f"sha256:{hashlib.sha256(index).hexdigest()}"
        assert client.digest(ImageReference.parse(f"{registry}/tools/app:amd64")) == digest
        with pytest.raises(RegistryError, match="answered 404"):
            client.digest(ImageReference.parse(f"{registry}/tools/app:2"))
    with RegistryClient({"registry.example.com": f"http://{registry}"}) as forwarded:
        assert forwarded.digest(ImageReference.parse("registry.example.com/tools/app:1")) == found
