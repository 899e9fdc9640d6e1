"""Room on the disk."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.toolchain.disk import REQUIRED_BYTES, check_room

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - what shutil returns


def with_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free))


def test_enough_room_is_enough_even_where_the_folder_is_not_there_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_free(monkeypatch, REQUIRED_BYTES)
    check_room(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()


def test_too_little_room_is_one_sentence_with_both_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with_free(monkeypatch, 3 * 1024**3)
    with pytest.raises(SptFlowError, match=r"needs 10 GiB of free disk at .*; there are 3\.0 GiB"):
        check_room(tmp_path / "cache")


def test_what_an_interrupted_run_left_counts_as_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("lab.toolchain.disk.REQUIRED_BYTES", 1024**2)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "half").write_bytes(bytes(512 * 1024))
    with_free(monkeypatch, 512 * 1024)
    check_room(tmp_path)
    with_free(monkeypatch, 448 * 1024)
    with pytest.raises(SptFlowError):
        check_room(tmp_path)
