"""Folders of this machine: their remote and branch, and a word about what stays behind."""

from pathlib import Path

import pytest

from core.command import Command
from core.errors import UsageError
from sptcoder.repositories.checkout import find_checkout, is_local_path
from sptcoder.repositories.named import name_repository

QUIET = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.com",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.com",
}


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the test a clone of a repository, with git run in it."""
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    origin, clone = tmp_path / "origin.git", tmp_path / "clone"
    Command("git").run("init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    Command("git").run("init", "--quiet", "--initial-branch=main", str(clone))
    work = Command("git", cwd=clone)
    (clone / "a").write_text("a\n")
    work.run("add", "a")
    work.run("commit", "--quiet", "--message", "one")
    work.run("remote", "add", "origin", str(origin))
    work.run("push", "--quiet", "--set-upstream", "origin", "main")
    work.run("remote", "set-head", "origin", "main")
    return work


def _folder(git: Command) -> Path:
    assert git.cwd is not None
    return git.cwd


def test_a_clean_checkout_of_the_default_branch_says_nothing(git: Command) -> None:
    found = find_checkout(str(_folder(git)))
    assert (found.branch, found.notices) == (None, ())
    assert found.address.endswith("origin.git")


def test_another_branch_that_is_pushed_is_taken(git: Command) -> None:
    git.run("checkout", "--quiet", "-b", "feature/x")
    git.run("push", "--quiet", "--set-upstream", "origin", "feature/x")
    assert find_checkout(str(_folder(git))).branch == "feature/x"


def test_a_branch_that_is_not_pushed_is_left_and_said(git: Command) -> None:
    git.run("checkout", "--quiet", "-b", "mine")
    found = find_checkout(str(_folder(git)))
    assert found.branch is None
    assert found.notices == ("The branch 'mine' has not been pushed; the default branch is taken.",)


def test_work_that_is_not_committed_or_pushed_is_not_taken_along_and_one_line_says_so(git: Command) -> None:
    (_folder(git) / "b").write_text("b\n")
    git.run("add", "b")
    git.run("commit", "--quiet", "--message", "two")
    (_folder(git) / "c").write_text("c\n")
    found = find_checkout(str(_folder(git)))
    assert found.notices == (
        "The workspace gets a fresh clone of the remote, without what is not committed and what is not pushed here.",
    )


def test_a_detached_head_takes_the_default_branch(git: Command) -> None:
    git.run("checkout", "--quiet", "--detach")
    assert find_checkout(str(_folder(git))).notices == ("The checkout is at no branch; the default branch is taken.",)


def test_a_folder_below_names_the_same_checkout(git: Command) -> None:
    below = _folder(git) / "x"
    below.mkdir()
    assert find_checkout(str(below)).address.endswith("origin.git")


def test_a_folder_without_git_or_remote_is_refused(git: Command, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no git checkout"):
        find_checkout(str(tmp_path))
    with pytest.raises(UsageError, match="is no folder"):
        find_checkout(str(tmp_path / "missing"))
    git.run("remote", "remove", "origin")
    with pytest.raises(UsageError, match="has no remote 'origin'"):
        find_checkout(str(_folder(git)))


def test_a_remote_on_this_machine_is_none_a_workspace_can_reach(git: Command) -> None:
    with pytest.raises(UsageError, match="is no repository"):
        name_repository(str(_folder(git)), git_host="github.com")


def test_an_address_of_the_remote_is_read_like_any_other(git: Command) -> None:
    git.run("remote", "set-url", "origin", "git@github.com:my/repo.git")
    found = name_repository(str(_folder(git)), git_host="github.com")
    assert found.repository.url == "https://github.com/my/repo.git"
    assert found.notices == ("Workspaces clone over HTTPS: https://github.com/my/repo.git is taken.",)
    git.run("remote", "set-url", "origin", "https://github.com/my/repo")
    folder = str(_folder(git))
    assert name_repository(folder, git_host="github.com").notices == (
        f"The remote of '{folder}' is https://github.com/my/repo.",
    )


@pytest.mark.parametrize("text", [".", "..", "./a", "../a/b", "/srv/x", "~", "~/x", r"C:\work", r".\x", "c:/work"])
def test_paths_are_told_by_how_they_begin(text: str) -> None:
    assert is_local_path(text)


@pytest.mark.parametrize("text", ["my/repo", "git@host:x/y", "https://host/x", "github.com/a/b"])
def test_addresses_are_no_paths(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my" / "repo").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_local_path(text)


def test_a_single_word_is_a_folder_if_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert is_local_path("here")
    assert not is_local_path("there")
