"""The node's images: which there are, and that they are written again only when something changed."""

import os
from pathlib import Path

import pytest

import versions
from core.errors import SptFlowError
from lab.images import NodeImage, node_images
from lab.images.archive import ImageSpec
from lab.images.definitions import IMAGE_NAMES, image_specs
from lab.images.layer import File, Symlink
from lab.toolchain import Toolchain

BUSYBOX_STAND_IN = """#!/bin/sh
case $1 in
    --list-full) printf '%s\\n' bin/busybox bin/sh usr/bin/awk ;;
    *) echo "BusyBox v1.35.0 (Debian) multi-call binary." ;;
esac
"""


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in IMAGE_NAMES:
        (programs / name).write_text(BUSYBOX_STAND_IN if name == "busybox" else f"program {name}")
        (programs / name).chmod(0o755)
    return Toolchain(bin=programs, images=tmp_path / "images")


def times(images: list[NodeImage]) -> dict[str, int]:
    return {image.name: image.archive.stat().st_mtime_ns for image in images}


def files(spec: ImageSpec) -> dict[str, object]:
    return {entry.path: entry for entry in spec.entries}


def test_each_image_has_its_name_and_version(toolchain: Toolchain) -> None:
    images = {image.name: image for image in node_images(toolchain)}
    assert {name: image.reference for name, image in images.items()} == {
        "pause": "localhost/spt-flow/pause:1.0.0",
        "coredns": f"localhost/spt-flow/coredns:{versions.COREDNS}",
        "registry": f"localhost/spt-flow/registry:{versions.REGISTRY}",
        "local-path-provisioner": f"localhost/spt-flow/local-path-provisioner:{versions.LOCAL_PATH_PROVISIONER}",
        "busybox": "localhost/spt-flow/busybox:1.35.0",
    }
    assert images["registry"].archive.name == f"registry-{versions.REGISTRY}.tar"


def test_nothing_is_written_again_when_nothing_changed(toolchain: Toolchain) -> None:
    first = node_images(toolchain)
    written = times(first)
    assert node_images(toolchain) == first
    assert times(first) == written


def test_only_the_image_of_a_changed_program_is_written_again(toolchain: Toolchain) -> None:
    before = {image.name: image.digest for image in node_images(toolchain)}
    (toolchain.bin / "coredns").write_text("another program")
    after = {image.name: image.digest for image in node_images(toolchain)}
    assert {name for name in before if before[name] != after[name]} == {"coredns"}


def test_a_damaged_or_half_recorded_archive_is_written_again(toolchain: Toolchain) -> None:
    images = {image.name: image for image in node_images(toolchain)}
    os.truncate(images["pause"].archive, 100)
    images["registry"].archive.with_suffix(".json").write_text("{")
    again = {image.name: image for image in node_images(toolchain)}
    assert again == images
    assert images["pause"].archive.stat().st_size > 100


def test_the_registry_runs_as_nobody_with_a_volume_of_its_own(toolchain: Toolchain) -> None:
    spec = image_specs(toolchain)["registry"]
    assert spec.config.user == "65532:65532"
    assert spec.config.entrypoint + spec.config.command == ("registry", "serve", "/etc/distribution/config.yml")
    config = files(spec)["/etc/distribution/config.yml"]
    assert isinstance(config, File)
    assert isinstance(config.content, bytes)
    assert b"rootdirectory: /var/lib/registry" in config.content


def test_busybox_has_a_link_for_each_applet(toolchain: Toolchain) -> None:
    found = files(image_specs(toolchain)["busybox"])
    assert found["/bin/sh"] == Symlink("/bin/sh", "/bin/busybox")
    assert found["/usr/bin/awk"] == Symlink("/usr/bin/awk", "/bin/busybox")
    assert isinstance(found["/bin/busybox"], File)


def test_a_missing_program_is_named(toolchain: Toolchain) -> None:
    (toolchain.bin / "pause").unlink()
    with pytest.raises(SptFlowError, match="bin/pause, which the lab's images are made of, is missing"):
        node_images(toolchain)
