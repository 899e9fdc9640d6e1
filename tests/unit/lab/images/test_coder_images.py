"""Coder's images: what is in them, and that what they start with works without root and without a network."""

import os
import subprocess
from pathlib import Path

import pytest

import versions
from core.errors import SptFlowError
from lab.images.archive import ImageSpec
from lab.images.coder_images import coder_image_specs
from lab.images.layer import Directory, Entry, File, Symlink
from lab.toolchain import Toolchain
from lab.toolchain.golang import go_architecture
from lab.toolchain.terraform_mirror import PROVIDERS
from tests.unit.lab.images.test_node_images import BUSYBOX_STAND_IN


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("coder", "terraform", "envbuilder", "busybox", *(provider.program for provider in PROVIDERS)):
        (programs / name).write_text(BUSYBOX_STAND_IN if name == "busybox" else f"program {name}")
        (programs / name).chmod(0o755)
    return Toolchain(bin=programs, images=tmp_path / "images")


@pytest.fixture
def coder(toolchain: Toolchain) -> ImageSpec:
    return coder_image_specs(toolchain)["coder"]


def files(spec: ImageSpec) -> dict[str, Entry]:
    return {entry.path: entry for entry in spec.entries}


def text(spec: ImageSpec, path: str) -> str:
    entry = files(spec)[path]
    assert isinstance(entry, File)
    assert isinstance(entry.content, bytes)
    return entry.content.decode()


def test_each_image_has_its_name_and_version(toolchain: Toolchain) -> None:
    assert {name: spec.reference for name, spec in coder_image_specs(toolchain).items()} == {
        "coder": f"localhost/spt-flow/coder:{versions.CODER_LAB}",
        "envbuilder": f"localhost/spt-flow/envbuilder:{versions.ENVBUILDER}",
    }


def test_coder_stands_where_the_official_image_has_it_and_can_be_copied_out(
    coder: ImageSpec, toolchain: Toolchain
) -> None:
    found = files(coder)
    assert found["/opt/coder"] == File("/opt/coder", toolchain.bin / "coder", mode=0o755)
    assert found["/usr/local/bin/coder"] == Symlink("/usr/local/bin/coder", "/opt/coder")
    assert found["/bin/sh"] == Symlink("/bin/sh", "/bin/busybox")


def test_coder_runs_as_a_user_with_a_home_of_its_own(coder: ImageSpec) -> None:
    assert coder.config.user == "1000:1000"
    assert coder.config.environment["HOME"] == "/home/coder"
    assert files(coder)["/home/coder"] == Directory("/home/coder", 0o755, 1000, 1000)
    assert "coder:x:1000:1000:coder:/home/coder:/bin/sh" in text(coder, "/etc/passwd").splitlines()


def test_terraform_finds_its_providers_in_the_image_and_nowhere_else(coder: ImageSpec) -> None:
    configuration = text(coder, coder.config.environment["TF_CLI_CONFIG_FILE"])
    assert 'path = "/opt/terraform/providers"' in configuration
    assert "direct" not in configuration
    for provider in PROVIDERS:
        assert f"/opt/terraform/providers/{provider.path}" in files(coder)


@pytest.mark.parametrize("arguments", [["server", "--verbose"], ["agent"]])
def test_the_entrypoint_offers_the_agent_to_a_server_only(
    coder: ImageSpec, tmp_path: Path, arguments: list[str]
) -> None:
    program = tmp_path / "opt-coder"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    entrypoint = tmp_path / "entrypoint"
    entrypoint.write_text(text(coder, coder.config.entrypoint[0]).replace("/opt/coder", str(program)))
    cache = tmp_path / "cache"
    offered = cache / "site" / "bin" / f"coder-linux-{go_architecture()}"
    for _ in range(2):  # a container that is started again finds its link there
        done = subprocess.run(
            ["/bin/sh", entrypoint, *arguments],
            env={"CODER_CACHE_DIRECTORY": str(cache), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == arguments
    assert offered.is_symlink() == (arguments[0] == "server")
    assert not offered.is_symlink() or offered.readlink() == program


def test_envbuilder_is_alone_in_the_folder_that_it_keeps(toolchain: Toolchain) -> None:
    spec = coder_image_specs(toolchain)["envbuilder"]
    assert [entry.path for entry in spec.entries] == ["/.envbuilder/bin/envbuilder"]
    assert spec.config.environment["KANIKO_DIR"] == "/.envbuilder"
    assert spec.config.user == "0:0"


def test_a_missing_program_is_named(toolchain: Toolchain) -> None:
    (toolchain.bin / "terraform").unlink()
    with pytest.raises(SptFlowError, match="bin/terraform, which the lab's images are made of, is missing"):
        coder_image_specs(toolchain)
