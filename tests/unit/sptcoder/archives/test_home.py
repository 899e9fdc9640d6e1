"""A home saved and brought back: by the scripts that run in workspaces, on a folder of this machine."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError, UsageError
from sptcoder.archives import restore, snapshot
from sptcoder.archives.file import open_saved_home
from sptcoder.archives.home_script import STAGING
from sptcoder.archives.restore import restore_home
from sptcoder.archives.snapshot import DEFAULT_EXCLUDES, default_file, save_home
from sptcoder.connection.tunnel import ConnectionFailedError
from tests.support.local_tunnel import local_tunnel
from tests.support.posix import posix_only

pytestmark = posix_only

ODD = ("plain", ".hidden", "..dots", "-option", "with blank", "new\nline", "ü", "*")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "project" / ".git").mkdir(parents=True)
    for name in ODD:
        (folder / name).write_text(f"content of {name}")
    (folder / "project" / "program").write_text("#!/bin/sh\n")
    (folder / "project" / "program").chmod(0o750)
    (folder / "link").symlink_to("project")
    (folder / "dangling").symlink_to("nowhere")
    (folder / ".cache" / "big").mkdir(parents=True)
    (folder / "lost+found").mkdir()
    os.utime(folder / "plain", (1_000_000_000, 1_000_000_000))
    return folder


def listing(folder: Path) -> dict[str, tuple[int, str]]:
    """Return every entry with its mode and content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = str(path.readlink()) if path.is_symlink() else path.read_text() if path.is_file() else "folder"
        found[str(path.relative_to(folder))] = (path.lstat().st_mode, content)
    return found


def test_a_home_comes_back_as_it_was(home: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    before = listing(home)
    file = tmp_path / "a.home.tar"
    saved = save_home(local_tunnel(home), file, excludes=DEFAULT_EXCLUDES, seen=seen.append)
    assert saved.manifest.size == seen[-1]
    assert (saved.manifest.workspace, saved.changed_meanwhile) == ("me/repo", 0)
    other = tmp_path / "other"
    other.mkdir()
    with open_saved_home(file) as found:
        restore_home(local_tunnel(other), found)
    left_out = (".cache", ".cache/big", "lost+found")
    assert listing(other) == {name: facts for name, facts in before.items() if name not in left_out}
    assert (other / "plain").stat().st_mtime == 1_000_000_000


def test_patterns_of_the_user_are_left_out_and_never_read_by_a_shell(home: Path, tmp_path: Path) -> None:
    (home / "sub" / "node_modules").mkdir(parents=True)
    patterns = ("node_modules", "$(touch hacked)", "'; touch hacked; '", "./project/*")
    saved = save_home(local_tunnel(home), tmp_path / "a.home.tar", excludes=patterns)
    with open_saved_home(saved.path) as found:
        content = tmp_path / "home.tar.gz"
        content.write_bytes(b"".join(found.parts()))
    listed = Command("tar").run("-tzf", str(content)).stdout.splitlines()
    assert "./sub/" in listed
    assert not any("node_modules" in name or name.startswith("./project/p") for name in listed)
    assert not (home / "hacked").exists()
    with pytest.raises(UsageError, match="is no pattern"):
        save_home(local_tunnel(home), tmp_path / "b.home.tar", excludes=["a\nb"])


def test_an_empty_home_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    saved = save_home(local_tunnel(tmp_path / "home"), tmp_path / "a.home.tar", excludes=())
    with open_saved_home(saved.path) as found:
        restore_home(local_tunnel(tmp_path / "home"), found)
    assert list((tmp_path / "home").iterdir()) == []


def test_its_files_win_and_others_stay(home: Path, tmp_path: Path) -> None:
    saved = save_home(local_tunnel(home), tmp_path / "a.home.tar", excludes=DEFAULT_EXCLUDES)
    (home / "plain").write_text("changed")
    (home / "link").unlink()
    (home / "link").write_text("a file now")
    (home / "project" / "program").unlink()
    (home / "project" / "program").mkdir()
    (home / "mine").write_text("mine")
    with open_saved_home(saved.path) as found:
        restore_home(local_tunnel(home), found)
    assert (home / "plain").read_text() == "content of plain"
    assert (home / "link").is_symlink()
    assert (home / "project" / "program").read_text() == "#!/bin/sh\n"
    assert (home / "mine").read_text() == "mine"
    assert not (home / STAGING).exists()


def test_a_restore_that_breaks_off_leaves_the_home_as_it_was(home: Path, tmp_path: Path) -> None:
    saved = save_home(local_tunnel(home), tmp_path / "a.home.tar", excludes=DEFAULT_EXCLUDES)
    (home / "plain").write_text("changed")
    before = listing(home)
    with open_saved_home(saved.path) as found:
        whole = b"".join(found.parts())
        cut = type(found)(found.manifest, found.content)
        object.__setattr__(cut, "parts", lambda: iter([whole[: len(whole) // 2]]))
        with pytest.raises(SptFlowError, match="is as it was, nothing was restored"):
            restore_home(local_tunnel(home), cut)
    assert listing(home) == before


def test_what_an_earlier_restore_left_is_neither_saved_nor_in_the_way(home: Path, tmp_path: Path) -> None:
    left = home / STAGING / "closed"
    left.mkdir(parents=True)
    left.chmod(0o500)
    saved = save_home(local_tunnel(home), tmp_path / "a.home.tar", excludes=DEFAULT_EXCLUDES)
    with open_saved_home(saved.path) as found:
        restore_home(local_tunnel(home), found)
    assert not (home / STAGING).exists()


@pytest.mark.parametrize(
    ("script", "error", "said"),
    [
        ("echo 'tar: ./x: Cannot open: Permission denied' >&2; printf data; exit 2", SptFlowError, "Permission denied"),
        ("echo gone >&2; printf data; exit 255", ConnectionFailedError, "failed or broke off: gone"),
        ("exit 0", SptFlowError, "could not be saved"),
        ("exec <&-; exit 255", ConnectionFailedError, "failed or broke off"),
    ],
    ids=["unreadable", "broken", "nothing came", "refused"],
)
def test_a_home_that_cannot_be_read_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, error: type[SptFlowError], said: str
) -> None:
    monkeypatch.setattr(snapshot, "_SCRIPT", script)
    (tmp_path / "to").mkdir()
    with pytest.raises(error, match=said):
        save_home(local_tunnel(tmp_path), tmp_path / "to" / "a.home.tar", excludes=DEFAULT_EXCLUDES)
    assert list((tmp_path / "to").iterdir()) == []


def test_files_in_use_are_counted_and_do_not_fail_a_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "tar: ./log: file changed as we read it"
    monkeypatch.setattr(snapshot, "_SCRIPT", f"cat >/dev/null; printf data; echo '{said}' >&2; exit 1")
    assert save_home(local_tunnel(tmp_path), tmp_path / "a.home.tar", excludes=()).changed_meanwhile == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("cat >/dev/null; echo full >&2; exit 1", "is as it was, nothing was restored: full"),
        ("cat >/dev/null; echo full >&2; exit 3", "is restored in part only: full"),
        ("exit 255", "The connection to the workspace 'repo' failed or broke off"),
    ],
    ids=["before", "while", "broken"],
)
def test_a_restore_that_fails_says_whether_the_home_was_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    tunnel = local_tunnel(tmp_path)
    saved = save_home(tunnel, tmp_path / "a.home.tar", excludes=())
    monkeypatch.setattr(restore, "_SCRIPT", script)
    with open_saved_home(saved.path) as found, pytest.raises(SptFlowError, match=said):
        restore_home(tunnel, found)


def test_a_file_is_named_after_workspace_and_time(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 9, 5, 7, tzinfo=UTC)
    assert default_file("repo", tmp_path, now=now) == tmp_path / "repo-20261122T090507Z.home.tar"
