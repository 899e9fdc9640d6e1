"""The file of a saved home: readable by any tar, complete or not there, and checked before anything is done with it."""

import hashlib
import tarfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SptFlowError, UsageError
from sptcoder.archives.file import open_saved_home, write_saved_home
from sptcoder.archives.manifest import Manifest
from tests.support.posix import posix_only


def describe(size: int, sha256: str) -> Manifest:
    return Manifest(
        server="https://coder.example.com",
        workspace="me/repo",
        template="spt-flow",
        template_version="1a2b3c4",
        created_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        program="0.1.0",
        correlation_id="0" * 32,
        size=size,
        sha256=sha256,
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "repo.home.tar"
    write_saved_home(path, [b"one", b"two"], describe)
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=3000)))
def test_what_is_saved_is_what_is_read(tmp_path: Path, parts: list[bytes]) -> None:
    path = tmp_path / "any.home.tar"
    path.unlink(missing_ok=True)
    manifest = write_saved_home(path, parts, describe)
    with open_saved_home(path) as found:
        assert b"".join(found.parts()) == b"".join(parts)
        assert found.manifest == manifest
    assert manifest.sha256 == hashlib.sha256(b"".join(parts)).hexdigest()


@posix_only
def test_any_tar_can_open_it_and_only_its_owner(saved: Path) -> None:
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["home.tar.gz", "manifest.json"]
        content = archive.extractfile("home.tar.gz")
        assert content is not None
        assert content.read() == b"onetwo"
    assert saved.stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(UsageError, match="already, and it is not overwritten"):
        write_saved_home(saved, [b"other"], describe)
    assert saved.read_bytes() == before


@pytest.mark.parametrize("failure", [SptFlowError("broke off"), KeyboardInterrupt()], ids=["failure", "Ctrl-C"])
def test_nothing_is_left_of_what_did_not_end(tmp_path: Path, failure: BaseException) -> None:
    def parts() -> Iterator[bytes]:
        yield b"one"
        raise failure

    with pytest.raises(type(failure)):
        write_saved_home(tmp_path / "repo.home.tar", parts(), describe)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SptFlowError, match="cannot be written: No such file or directory"):
        write_saved_home(tmp_path / "no" / "repo.home.tar", [], describe)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.data())
def test_every_change_of_the_content_is_noticed(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "changed.home.tar"
    path.unlink(missing_ok=True)
    write_saved_home(path, [bytes(range(256))], describe)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(512, 512 + 255))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(SptFlowError, match="is not what was saved"), open_saved_home(path):
        pass


def _tar(names: Iterable[str]) -> bytes:
    return b"".join(tarfile.TarInfo(name).tobuf(tarfile.GNU_FORMAT) for name in names) + bytes(1024)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no home that 'sptcoder snapshot' saved"),
        (b"no tar at all", "is no home that 'sptcoder snapshot' saved"),
        (_tar(["other"]), "is no home that 'sptcoder snapshot' saved"),
        (_tar(["home.tar.gz", "manifest.json"]), "The manifest of .* is not understood"),
    ],
    ids=["empty", "text", "another tar", "without a manifest"],
)
def test_what_is_no_saved_home_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(SptFlowError, match=said), open_saved_home(path):
        pass


def test_every_shortened_file_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for size in (100, 512, 514, 600, 1024, 1536, 1600):
        saved.write_bytes(whole[:size])
        with pytest.raises(SptFlowError), open_saved_home(saved):
            pass


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(SptFlowError, match=r"nothing\.home\.tar cannot be read: No such file"),
        open_saved_home(tmp_path / "nothing.home.tar"),
    ):
        pass


def test_a_newer_format_is_told_from_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "newer.home.tar"
    write_saved_home(path, [b""], lambda size, sha256: describe(size, sha256).model_copy(update={"format": 2}))
    with (
        pytest.raises(SptFlowError, match=r"is not understood \(format: .*newer version may have written it"),
        open_saved_home(path),
    ):
        pass
