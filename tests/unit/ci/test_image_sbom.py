"""The list of what is in an image, by the real syft, over a small image of the test's own."""

import json
from pathlib import Path

import pytest

from ci.image_sbom import count_packages, write_sbom
from core.errors import SptFlowError
from lab.images.archive import ImageConfig, ImageSpec, write_archive
from lab.images.layer import Directory, Entry, File
from lab.toolchain import toolchain_bin

STATUS = """Package: hello
Status: install ok installed
Architecture: amd64
Version: 2.10-3
Maintainer: Someone <someone@example.com>
Description: a greeting

"""
METADATA = "Metadata-Version: 2.1\nName: greeting\nVersion: 1.2.3\n"
FOLDER = "/usr/lib/python3/dist-packages/greeting-1.2.3.dist-info"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    if not (toolchain_bin() / "syft").is_file():
        pytest.skip("needs syft: make image-tools")
    entries: list[Entry] = [
        Directory("/var/lib/dpkg", 0o755),
        File("/etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
        File("/var/lib/dpkg/status", STATUS.encode()),
        File(f"{FOLDER}/METADATA", METADATA.encode()),
        File(f"{FOLDER}/RECORD", b""),
    ]
    write_archive(ImageSpec("x/small:1", entries, ImageConfig(entrypoint=("/x",))), tmp_path / "small.tar")
    return tmp_path / "small.tar"


def test_packages_of_the_system_and_of_languages_are_listed(archive: Path, tmp_path: Path) -> None:
    found = write_sbom(f"oci-archive:{archive}", "small", "1.0", tmp_path / "sbom.json")
    assert found == {"deb": 1, "pypi": 1}
    content = json.loads((tmp_path / "sbom.json").read_text())
    assert content["spdxVersion"].startswith("SPDX-2.")
    assert content["name"] == "small"
    assert {package["name"] for package in content["packages"]} >= {"hello", "greeting"}


def test_what_is_no_image_is_one_sentence(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(b"no archive")
    with pytest.raises(SptFlowError, match="cannot be listed"):
        write_sbom(f"oci-archive:{archive}", "small", "1.0", tmp_path / "sbom.json")
    assert not (tmp_path / "sbom.json").exists()


def test_the_image_itself_is_not_counted() -> None:
    locators = ["pkg:oci/small@1", "pkg:deb/debian/hello@2?arch=amd64", "pkg:deb/debian/other@1"]
    packages = [{"externalRefs": [{"referenceType": "purl", "referenceLocator": name}]} for name in locators]
    assert count_packages(json.dumps({"packages": [*packages, {"name": "file"}]})) == {"deb": 2}
