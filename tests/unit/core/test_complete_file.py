"""Files that are complete or not there."""

from pathlib import Path

import pytest

from core.complete_file import complete_file
from tests.support.posix import posix_only


def test_a_file_has_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with complete_file(path) as target:
        target.write(b"content")
        assert not path.exists()
    assert path.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        _write_half(path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def _write_half(path: Path) -> None:
    with complete_file(path) as target:
        target.write(b"half")
        raise KeyboardInterrupt


@posix_only
def test_modes_and_links_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    with complete_file(real) as target:
        target.write(b"1")
    assert real.stat().st_mode & 0o777 == 0o600
    real.chmod(0o640)
    link.symlink_to(real)
    with complete_file(link) as target:
        target.write(b"2")
    assert (link.is_symlink(), real.read_bytes(), real.stat().st_mode & 0o777) == (True, b"2", 0o640)


@posix_only
def test_a_mode_that_is_given_stands_over_the_one_that_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch(0o644)
    with complete_file(path, mode=0o600) as target:
        target.write(b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
