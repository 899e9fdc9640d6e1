"""Hashes are the engine's."""

import hashlib
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.plugins.protocol.assets import file_asset, folder_archive
from lab.plugins.protocol.values import Asset


def test_a_file_is_hashed_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    assert file_asset(path) == Asset(hashlib.sha256(b"hello").hexdigest(), path=str(path))


# What Pulumi's Go SDK computes for an archive of one file of this name with the content "content of <name>".
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "bc8e2d4f9e5e84c4e5b20d3cb54451486d2130215e7da53d775840abd7362e45"),
        ("sub/b.txt", "a38886b2df2a7a39fbd7566d867b42b4631cc2da41eb81b85aa580a6efbc325f"),
        ("d" * 80 + "/" + "f" * 60, "40dbea864265ecd9318df3bdc0eb189f4c012ed51fdd51b89aae83dd0f0eb989"),
    ],
)
def test_an_archive_is_hashed_like_the_engine_does(tmp_path: Path, name: str, expected: str) -> None:
    path = tmp_path / "x"
    path.write_text(f"content of {name}")
    assert folder_archive({name: file_asset(path)}).hash == expected


def test_names_a_plain_tar_cannot_hold_are_hashed_stably(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("same")
    asset = file_asset(path)
    assert folder_archive({"ü": asset}).hash == folder_archive({"ü": asset}).hash
    assert folder_archive({"ü": asset}).hash != folder_archive({"ö": asset}).hash


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SptFlowError, match="cannot be read: No such file"):
        file_asset(tmp_path / "gone")
