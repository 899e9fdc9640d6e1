"""From a pushed digest to `latest`: really signed, attested and checked, by a key, in a registry of the test's own."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ci.commands.image_publish import command
from ci.image_push import commit_tag, repository_of
from ci.image_signature import verify
from ci.registry_login import RegistryLogin, docker_configuration
from ci.registry_tag import tag_image
from core.errors import SptFlowError, UsageError
from core.image_reference import ImageReference
from lab.images.archive import ImageConfig, ImageSpec, write_archive
from lab.images.layer import File
from lab.toolchain import toolchain_bin
from tests.support.free_ports import free_port

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def program(name: str) -> str:
    path = toolchain_bin() / name
    if not path.is_file():
        pytest.skip(f"needs {name}: make {'toolchain' if name == 'registry' else 'image-tools'}")
    return str(path)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a registry on the loopback; yield its address."""
    folder = tmp_path_factory.mktemp("registry")
    address = f"127.0.0.1:{free_port()}"
    (folder / "config.yml").write_text(
        json.dumps(
            {
                "version": 0.1,
                "log": {"level": "error", "accesslog": {"disabled": True}},
                "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
                "http": {"addr": address},
            }
        )
    )
    running = subprocess.Popen(
        [program("registry"), "serve", str(folder / "config.yml")],
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://{address}/v2/")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        running.terminate()
        running.wait()


@pytest.fixture
def image(registry: str, tmp_path: Path) -> ImageReference:
    """Put a small image into the registry, without a tag; return its name by digest."""
    spec = ImageSpec("x/tiny:1", [File("/hello", tmp_path.name.encode())], ImageConfig(entrypoint=("/hello",)))
    digest = write_archive(spec, tmp_path / "tiny.tar")
    subprocess.run(["tar", "-xf", tmp_path / "tiny.tar", "-C", tmp_path], check=True)
    blobs = tmp_path / "blobs" / "sha256"
    base = f"http://{registry}/v2/spt/workspace"
    manifest = blobs / digest.removeprefix("sha256:")
    for blob in blobs.iterdir():
        if blob != manifest:
            place = httpx.post(f"{base}/blobs/uploads/").headers["Location"]
            query = {"digest": f"sha256:{blob.name}"}
            url = httpx.URL(place).copy_merge_params(query)
            assert httpx.put(url, content=blob.read_bytes()).status_code == 201
    put = httpx.put(f"{base}/manifests/{digest}", content=manifest.read_bytes(), headers={"Content-Type": MANIFEST})
    assert put.status_code == 201
    return ImageReference(registry, "spt/workspace", None, digest)


def latest(image: ImageReference) -> str | None:
    found = httpx.head(f"http://{image.registry}/v2/{image.repository}/manifests/latest", headers={"Accept": MANIFEST})
    return found.headers["Docker-Content-Digest"] if found.is_success else None


@pytest.fixture
def pushed(image: ImageReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMAGE_REPOSITORY", f"{image.registry}/spt")
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    (tmp_path / "pushed.txt").write_text(f"{image}\n")
    (tmp_path / "sbom.json").write_text('{"spdxVersion": "SPDX-2.3", "packages": []}')
    return tmp_path / "pushed.txt"


def test_an_image_is_signed_and_attested_before_latest_means_it(
    image: ImageReference, pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cosign = program("cosign")
    monkeypatch.setenv("COSIGN_PASSWORD", "of the test")
    monkeypatch.setenv("COSIGN_KEY", str(tmp_path / "cosign.key"))
    subprocess.run([cosign, "generate-key-pair"], cwd=tmp_path, check=True, capture_output=True)
    with pytest.raises(SptFlowError, match="cosign verify failed"):
        verify(image, RegistryLogin())
    command("workspace", pushed, tmp_path / "sbom.json")
    verify(image, RegistryLogin())
    assert latest(image) == image.digest


def test_latest_stays_when_signing_fails(
    image: ImageReference, pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("cosign")
    before = latest(image)
    monkeypatch.setenv("COSIGN_KEY", str(tmp_path / "missing.key"))
    with pytest.raises(SptFlowError, match="cosign sign failed"):
        command("workspace", pushed, tmp_path / "sbom.json")
    assert latest(image) == before


def test_a_tag_is_the_same_manifest(image: ImageReference) -> None:
    tag_image(image, "other", RegistryLogin())
    found = httpx.get(f"http://{image.registry}/v2/spt/workspace/manifests/other", headers={"Accept": MANIFEST})
    assert found.headers["Docker-Content-Digest"] == image.digest


def test_a_digest_that_is_not_there_is_not_tagged(image: ImageReference) -> None:
    missing = ImageReference(image.registry, image.repository, None, f"sha256:{'0' * 64}")
    with pytest.raises(SptFlowError, match=r"cannot be read: the registry .* answered 404"):
        tag_image(missing, "other", RegistryLogin())


@pytest.mark.parametrize(
    "text", ["", "other.example.com/spt/workspace@sha256:" + "0" * 64, "127.0.0.1:1/spt/workspace:x"]
)
def test_only_a_digest_of_the_workflows_own_repository_is_signed(
    pushed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("IMAGE_REPOSITORY", "127.0.0.1:1/spt")
    pushed.write_text(text)
    with pytest.raises(UsageError):
        command("workspace", pushed, tmp_path / "sbom.json")


def test_where_images_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAGE_REPOSITORY", raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "Owner/Name")
    assert str(repository_of("workspace")) == "ghcr.io/owner/name/workspace"
    assert commit_tag("localhost/spt-flow/workspace:0123456789ab") == "sha-0123456789ab"
    monkeypatch.setenv("IMAGE_REPOSITORY", "Not A Repository")
    with pytest.raises(UsageError, match="IMAGE_REPOSITORY"):
        repository_of("workspace")
    monkeypatch.delenv("IMAGE_REPOSITORY")
    monkeypatch.delenv("GITHUB_REPOSITORY")
    with pytest.raises(UsageError, match="IMAGE_REPOSITORY is not set"):
        repository_of("workspace")


def test_a_token_is_in_a_file_of_its_owner_and_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token")
    monkeypatch.setenv("GITHUB_ACTOR", "someone")
    login = RegistryLogin.of_environment()
    assert "secret-token" not in repr(login)
    with docker_configuration("ghcr.io", login) as environment:
        file = Path(environment["DOCKER_CONFIG"], "config.json")
        assert file.stat().st_mode & 0o077 == 0
        assert re.fullmatch(r'\{"auths": \{"ghcr.io": \{"auth": "[\w=]+"\}\}\}', file.read_text())
    assert not file.exists()
    monkeypatch.setenv("GITHUB_ACTOR", "")
    with pytest.raises(UsageError, match="GITHUB_ACTOR"):
        RegistryLogin.of_environment()
