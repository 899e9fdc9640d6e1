from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sptcoder.updates.release import is_newer, known_release, last_heard, remember


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("0.2.0", "0.1.0", True),
        ("v0.2.0", "0.1.0", True),
        ("0.10.0", "0.9.9", True),
        ("1.0.0", "0.99.99", True),
        ("0.1.0", "0.1.0", False),
        ("0.0.9", "0.1.0", False),
        ("0.2.0-rc.1", "0.1.0", False),
        ("newest", "0.1.0", False),
        ("", "0.1.0", False),
    ],
)
def test_only_a_later_release_is_newer(version: str, than: str, *, newer: bool) -> None:
    assert is_newer(version, than) is newer


@given(st.tuples(*[st.integers(0, 50)] * 3), st.tuples(*[st.integers(0, 50)] * 3))
def test_versions_are_compared_by_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert is_newer(".".join(map(str, one)), ".".join(map(str, other))) is (one > other)


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}


def test_what_is_remembered_is_known(cache: dict[str, str]) -> None:
    assert last_heard(cache) is None
    remember("0.2.0", cache)
    assert known_release(cache) == "0.2.0"


def test_a_source_that_says_nothing_leaves_what_was_known(cache: dict[str, str]) -> None:
    remember("0.2.0", cache)
    remember(None, cache)
    assert known_release(cache) == "0.2.0"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b'{"at": "x", "version": "1.2.3"}', b"[" * 5000, b'{"at": 1}'],
    ids=range(7),
)
def test_a_broken_cache_is_none(cache: dict[str, str], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / ".cache" / "spt-flow" / "newest-release.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert last_heard(cache) is None


@pytest.mark.parametrize("version", ['"\\u001b[31m1.2.3"', '"1.2.3\\n"', "7", '"rm -rf"'])
def test_nothing_but_a_version_gets_to_the_terminal(cache: dict[str, str], tmp_path: Path, version: str) -> None:
    path = tmp_path / ".cache" / "spt-flow" / "newest-release.json"
    path.parent.mkdir(parents=True)
    path.write_text(f'{{"at": 1, "version": {version}}}')
    heard = last_heard(cache)
    assert heard is not None
    assert heard.version is None
