"""What a lab builds the workspace image on, and how that comes into the builder."""

import io
import tarfile
from pathlib import Path
from typing import Final

import pytest

from images.workspace.arguments import DOCKERFILE, workspace_arguments
from lab.images import build_bases
from lab.images.build_bases import BASE_REFERENCE, TRUST_REFERENCE, bases_fingerprint, build_base_arguments
from lab.images.debian_recipes import BASE

STAGES: Final = [line.split()[-1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("FROM ")]
DOCKER: Final = """#!/bin/sh
echo "$*" >>"$RECORD"
case $1 in
image) cat "$LOADED" ;;
import) exit "$IMPORT" ;;
esac
"""


@pytest.mark.parametrize("target", ["slim", "full"])
def test_a_lab_gives_arguments_that_the_image_has(target: str) -> None:
    assert set(build_base_arguments(target)) <= set(workspace_arguments())


def test_languages_come_from_stages_of_the_one_dockerfile() -> None:
    arguments = build_base_arguments("slim")
    for name in ("GO_IMAGE", "NODE_IMAGE", "RUST_IMAGE"):
        assert arguments[name] in STAGES
        assert STAGES.index(arguments[name]) < STAGES.index(name.split("_", maxsplit=1)[0].lower())


def test_another_base_is_another_build() -> None:
    assert BASE_REFERENCE.endswith(f":12-{BASE.fingerprint[:12]}")
    assert "latest" not in TRUST_REFERENCE


def test_what_a_report_says_takes_the_place_of_what_is_usual() -> None:
    assert build_base_arguments("full", missing=("wash", "nex"))["MISSING_TOOLS"] == "nex wash"
    assert "extension-golang.go" in build_base_arguments("slim")["MISSING_TOOLS"].split()


def test_targets_have_fingerprints_of_their_own() -> None:
    assert bases_fingerprint("slim") == bases_fingerprint("slim")
    assert bases_fingerprint("slim") != bases_fingerprint("full")


def test_the_same_settings_are_the_same_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(folder: Path) -> None:
        folder.mkdir()
        (folder / "environment").write_text("GOPROXY=https://go.example.com\n")

    monkeypatch.setattr(build_bases, "write_build_trust", write)
    first = build_bases._pack_trust(tmp_path / "1.tar", tmp_path / "1")
    (tmp_path / "1" / "environment").touch()
    second = build_bases._pack_trust(tmp_path / "2.tar", tmp_path / "2")
    assert first == second
    assert (tmp_path / "1.tar").read_bytes() == (tmp_path / "2.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO((tmp_path / "1.tar").read_bytes())) as tar:
        assert tar.getnames() == ["environment"]


@pytest.mark.parametrize(
    ("loaded", "calls"), [("abc\n", ["image"]), ("", ["image", "import"]), ("b", ["image", "import"])]
)
def test_a_base_is_loaded_once(loaded: str, calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "loaded").write_text(loaded)
    monkeypatch.setattr(build_bases, "DOCKER", tmp_path / "docker")
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    monkeypatch.setenv("LOADED", str(tmp_path / "loaded"))
    monkeypatch.setenv("IMPORT", "0")
    assert build_bases._load("localhost/x:1", tmp_path / "x.tar", "abc") == (calls[-1] == "import")
    assert [line.split()[0] for line in (tmp_path / "record").read_text().splitlines()] == calls
