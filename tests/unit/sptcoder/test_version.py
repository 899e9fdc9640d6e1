"""000:S1.1.1: the version with its commit: of a release, of a checkout however git keeps it, or of neither."""

import json
import re
from pathlib import Path

import pytest

from sptcoder import version
from sptcoder.version import VERSION, commit, version_line

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the program stand in a checkout of the test's own; return its git folder."""
    git = tmp_path / ".git"
    git.mkdir()
    monkeypatch.setattr(version, "_GIT", git)
    monkeypatch.setattr(version, "_RELEASE", tmp_path / "release.json")
    return git


def test_it_is_one_line_with_version_and_commit(checkout: Path) -> None:
    (checkout / "HEAD").write_text(f"{COMMIT}\n")
    assert version_line() == f"sptcoder {VERSION} (commit 0123456789ab)"


def test_a_release_names_its_own_commit(checkout: Path) -> None:
    (checkout / "HEAD").write_text(f"{COMMIT}\n")
    (checkout.parent / "release.json").write_text(json.dumps({"commit": "fedcba987654-changed"}))
    assert commit() == "fedcba987654-changed"


@pytest.mark.parametrize("packed", [True, False])
def test_a_branch_is_followed(checkout: Path, packed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    (checkout / "HEAD").write_text("ref: refs/heads/main\n")
    if packed:
        (checkout / "packed-refs").write_text(f"# pack-refs\n{'f' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n")
    else:
        (checkout / "refs" / "heads").mkdir(parents=True)
        (checkout / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    assert commit() == COMMIT[:12]


def test_a_worktree_is_followed_to_its_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = checkout / "worktrees" / "second"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/second\n")
    (own / "commondir").write_text("../..\n")
    (checkout / "refs" / "heads").mkdir(parents=True)
    (checkout / "refs" / "heads" / "second").write_text(f"{COMMIT}\n")
    file = checkout.parent / "second.git"
    file.write_text(f"gitdir: {own}\n")
    monkeypatch.setattr(version, "_GIT", file)
    assert commit() == COMMIT[:12]


@pytest.mark.parametrize("head", ["", "ref: refs/heads/none\n", "\udcff"])
def test_where_nothing_tells_it_is_unknown(checkout: Path, head: str) -> None:
    (checkout / "HEAD").write_text(head, errors="surrogateescape")
    (checkout.parent / "release.json").write_text("{")
    assert commit() == "unknown"


def test_this_checkout_tells() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}|unknown", commit())
