"""The lab's registry program as a process of this machine, and images made of a few bytes."""

__all__ = ["PROGRAM", "LocalRegistry", "Pushed"]

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from core.command import Command
from lab.toolchain.cache import default_cache
from tests.support.free_ports import free_port

PROGRAM: Final = default_cache().bin / "registry"
"""The registry of the toolchain, which need not be there."""

INDEX: Final = "application/vnd.oci.image.index.v1+json"
MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"


@dataclass(frozen=True)
class Pushed:
    """An image that was pushed: its digest, and the digests of all its parts."""

    repository: str
    tag: str
    digest: str
    blobs: frozenset[str]
    manifests: frozenset[str]


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass
class LocalRegistry:
    """A registry on `root` that is started and stopped like the Deployment's; it keeps its port."""

    root: Path
    address: str = ""
    process: subprocess.Popen[bytes] | None = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=30))

    def __post_init__(self) -> None:
        self.address = f"127.0.0.1:{free_port()}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self.is_running:
            return
        config = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.root)}, "delete": {"enabled": True}},
            "http": {"addr": self.address, "draintimeout": "5s"},
        }
        file = self.root.with_suffix(".config.yml")
        file.write_text(json.dumps(config))
        self.process = Command(str(PROGRAM), env={"OTEL_TRACES_EXPORTER": "none"}).start("serve", str(file))
        for _ in range(400):
            if self.answers():
                return
            time.sleep(0.01)
        raise AssertionError("the registry does not answer")

    def stop(self) -> None:
        """End it as the kubelet does, and wait until it has ended."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/v2/").is_success
        except httpx.HTTPError:
            return False

    def blob(self, repository: str, content: bytes, media: str = _LAYER) -> dict[str, Any]:
        """Push one blob, and return its descriptor."""
        digest, base = digest_of(content), f"{self.url}/v2/{repository}/blobs"
        if not self.client.head(f"{base}/{digest}").is_success:
            place = self.client.post(f"{base}/uploads/").raise_for_status().headers["Location"]
            self.client.put(
                f"{place}&digest={digest}", content=content, headers={"Content-Type": "application/octet-stream"}
            ).raise_for_status()
        return {"mediaType": media, "digest": digest, "size": len(content)}

    def put(self, repository: str, reference: str, content: dict[str, Any], kind: str = MANIFEST) -> dict[str, Any]:
        """Push a manifest under a tag, or by its digest where `reference` is empty; return its descriptor."""
        body = json.dumps({"schemaVersion": 2, "mediaType": kind, **content}).encode()
        name = reference or digest_of(body)
        self.client.put(
            f"{self.url}/v2/{repository}/manifests/{name}", content=body, headers={"Content-Type": kind}
        ).raise_for_status()
        return {"mediaType": kind, "digest": digest_of(body), "size": len(body)}

    def push(self, repository: str, tag: str, layers: Sequence[bytes]) -> Pushed:
        """Push an image for one platform; an empty tag is none."""
        blobs = [self.blob(repository, layer) for layer in layers]
        config = self.blob(repository, json.dumps({"of": [each["digest"] for each in blobs]}).encode(), _CONFIG)
        made = self.put(repository, tag, {"config": config, "layers": blobs})
        parts = frozenset(each["digest"] for each in (config, *blobs))
        return Pushed(repository, tag, made["digest"], parts, frozenset([made["digest"]]))

    def push_index(self, repository: str, tag: str, layers: Sequence[bytes]) -> Pushed:
        """Push an image for several platforms, one for each layer; the platforms' manifests have no tag."""
        parts = [self.push(repository, "", [layer]) for layer in layers]
        entries = []
        for number, part in enumerate(parts):
            size = int(self.manifest(repository, part.digest).headers["Content-Length"])
            platform = {"os": "linux", "architecture": f"cpu{number}"}
            entries.append({"mediaType": MANIFEST, "digest": part.digest, "size": size, "platform": platform})
        made = self.put(repository, tag, {"manifests": entries}, INDEX)
        blobs = frozenset(digest for part in parts for digest in part.blobs)
        return Pushed(repository, tag, made["digest"], blobs, frozenset([made["digest"], *(p.digest for p in parts)]))

    def manifest(self, repository: str, reference: str) -> httpx.Response:
        accept = {"Accept": f"{INDEX}, {MANIFEST}"}
        return self.client.get(f"{self.url}/v2/{repository}/manifests/{reference}", headers=accept)

    def pull(self, pushed: Pushed) -> None:
        """Read every byte of the image by digest; fail unless each part is what its digest says."""
        for digest in pushed.manifests:
            found = self.manifest(pushed.repository, digest)
            assert found.status_code == httpx.codes.OK, f"{pushed.repository}@{digest}: {found.status_code}"
            assert digest_of(found.content) == digest
        for digest in pushed.blobs:
            found = self.client.get(f"{self.url}/v2/{pushed.repository}/blobs/{digest}")
            assert found.status_code == httpx.codes.OK, f"{pushed.repository} {digest}: {found.status_code}"
            assert digest_of(found.content) == digest

    def has(self, pushed: Pushed) -> bool:
        """Say whether the image is still there, by its digest."""
        return self.manifest(pushed.repository, pushed.digest).is_success

    def age(self, pushed: Pushed, days: float) -> None:
        """Have the tag look as if it had been pushed so many days ago."""
        folder = self.root / "docker/registry/v2/repositories" / pushed.repository / "_manifests/tags" / pushed.tag
        moment = time.time() - days * 86400
        os.utime(folder / "current" / "link", (moment, moment))
