import itertools
import re
from pathlib import Path

import pytest

from core.command import Command
from sptcoder.templates.fingerprint import Fingerprint, VersionNote, content_fingerprint
from sptcoder.templates.version_name import candidate_names, source_name

_FINGERPRINT = Fingerprint("0123456789abcdef" * 4)
_ALLOWED = re.compile(r"[a-zA-Z0-9]+(?:[_.-][a-zA-Z0-9]+)*")
"""What Coder takes as the name of a version."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
    template = tmp_path / "templates" / "one"
    template.mkdir(parents=True)
    (template / "main.tf").write_text("# x")
    git = Command("git", cwd=tmp_path)
    git.run("init", "--quiet")
    git.run("add", ".")
    git.run("-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "first")
    return template


def test_the_revision_names_what_is_committed(checkout: Path) -> None:
    (checkout.parents[1] / "elsewhere").write_text("not committed, but no part of the template")
    revision = Command("git", cwd=checkout).run("rev-parse", "--short", "HEAD").stdout.strip()
    assert source_name([checkout], _FINGERPRINT) == revision


@pytest.mark.parametrize("name", ["main.tf", "new.tf"])
def test_what_is_not_committed_is_called_dirty(checkout: Path, name: str) -> None:
    (checkout / name).write_text("# y")
    assert re.fullmatch(r"[0-9a-f]{7,}-dirty\.01234567", source_name([checkout], _FINGERPRINT))


def test_an_overlay_counts(checkout: Path) -> None:
    shared = checkout.parent / "shared"
    shared.mkdir()
    (shared / "new.tf").write_text("# new")
    assert "dirty" not in source_name([checkout], _FINGERPRINT)
    assert "dirty" in source_name([checkout, shared], _FINGERPRINT)


def test_outside_a_checkout_the_content_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert source_name([tmp_path], _FINGERPRINT) == "content-01234567"


def test_without_git_the_content_names_it(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert source_name([checkout], _FINGERPRINT) == "content-01234567"


@pytest.mark.parametrize("source", ["1a2b3c4", "1a2b3c4-dirty.01234567", "content-01234567"])
def test_names_to_try_are_many_different_and_allowed(source: str) -> None:
    names = list(itertools.islice(candidate_names(source, _FINGERPRINT), 10))
    assert names[0] == source
    assert len(set(names)) == 10
    assert all(_ALLOWED.fullmatch(name) and len(name) <= 64 for name in names)


def test_the_fingerprint_is_of_files_and_variables() -> None:
    prints = [
        content_fingerprint("a" * 64, {}),
        content_fingerprint("b" * 64, {}),
        content_fingerprint("a" * 64, {"x": "1"}),
        content_fingerprint("a" * 64, {"x": "2"}),
        content_fingerprint("a" * 64, {"y": "1"}),
    ]
    assert len({one.value for one in prints}) == 5
    assert content_fingerprint("a" * 64, {"x": "1", "y": "2"}) == content_fingerprint("a" * 64, {"y": "2", "x": "1"})


def test_the_note_is_read_back() -> None:
    note = VersionNote("1a2b3c4", _FINGERPRINT, smoke_pending=True).text()
    assert VersionNote.matches(note, _FINGERPRINT)
    assert not VersionNote.matches(note, Fingerprint("f" * 64))
    assert VersionNote.is_pending(note)
    assert not VersionNote.is_pending(VersionNote("1a2b3c4", _FINGERPRINT, smoke_pending=False).text())


@pytest.mark.parametrize("message", ["", "made by hand", "content: sha256:0123"])
def test_a_message_of_somebody_else_matches_nothing(message: str) -> None:
    assert not VersionNote.matches(message, _FINGERPRINT)
    assert not VersionNote.is_pending(message)
