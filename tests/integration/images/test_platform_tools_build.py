"""The Dockerfile of platform-tools, really built on the lab's Debian, and run without any right."""

import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from ci.image_build import build_image, image_build
from ci.image_smoke import smoke_test
from lab.builder import builder, docker_environment
from lab.builder.client import DOCKER
from lab.images.build_bases import BASE_REFERENCE, TRUST_REFERENCE, load_build_bases
from lab.images.parts import CERTIFICATES
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from versions import REGISTRY as REGISTRY_VERSION

pytestmark = pytest.mark.lab

NAME: Final = "localhost/spt-flow/test-platform-tools:1"
REGISTRY: Final = "localhost/spt-flow/test-registry-program:1"
ARGUMENTS: Final = (
    f"BASE_IMAGE={BASE_REFERENCE}",
    f"PYTHON_IMAGE={BASE_REFERENCE}",
    f"REGISTRY_IMAGE={REGISTRY}",
    f"TRUST_IMAGE={TRUST_REFERENCE}",
)


@pytest.fixture(autouse=True)
def _docker(image: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead each test to the builder: variables of Docker's are taken away before every one of them."""
    assert image
    for name, value in docker_environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def image(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Build the image in the machine's builder, whose steps are kept from run to run."""
    if not DOCKER.exists():
        pytest.skip("needs Debian's docker.io")
    folder = tmp_path_factory.mktemp("docker")
    (folder / "docker").symlink_to(DOCKER)
    with pytest.MonkeyPatch.context() as patch, builder():
        for name, value in docker_environment().items():
            patch.setenv(name, value)
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        load_build_bases(toolchain, SilentProgress())
        archive = tmp_path_factory.mktemp("registry") / "registry.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(toolchain.bin / "registry", "bin/registry")
        docker("import", str(archive), REGISTRY)
        build_image(image_build("platform-tools", overrides=ARGUMENTS), NAME)
        try:
            yield NAME
        finally:
            docker("image", "rm", "--force", NAME, REGISTRY)


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout


def inside(script: str) -> str:
    return docker("run", "--rm", "--read-only", "--network=none", "--entrypoint=sh", NAME, "-c", script)


def test_it_runs_without_rights_on_a_root_it_cannot_write_to(image: str) -> None:
    assert "Usage: python -m jobs" in smoke_test("platform-tools", image)
    assert inside("id -u; touch /made 2>/dev/null || echo refused").split() == ["65532", "refused"]
    assert inside("pg_dump --version; restic version").count("\n") == 2
    assert f"v{REGISTRY_VERSION}" in inside("registry --version")
    health = docker("image", "inspect", "--format", "{{json .Config.Healthcheck.Test}}", image)
    assert health.strip() == '["CMD","python3","-m","jobs","--help"]'


def test_nothing_of_this_machines_network_stays_in_it(image: str, tmp_path: Path) -> None:
    docker("save", "--output", str(tmp_path / "image.tar"), image)
    with (tmp_path / "image.tar").open("rb") as stream:
        content = stream.read()
    own = CERTIFICATES.read_bytes().split(b"-----END CERTIFICATE-----")
    debians = Path("/usr/share/ca-certificates")
    known = b"".join(path.read_bytes() for path in debians.rglob("*.crt"))
    foreign = [one.strip() for one in own if b"BEGIN" in one and one.split(b"-----")[2].strip() not in known]
    assert [one[:80] for one in foreign if one.split(b"-----")[2].strip() in content] == []
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
    assert "ca.pem" not in history
    assert inside("find /mnt -mindepth 1; ls /run/secrets 2>/dev/null || :") == ""
