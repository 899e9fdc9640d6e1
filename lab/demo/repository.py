"""The demo's repository: two commits, made with git on this machine."""

__all__ = ["GREETING", "REPOSITORY", "commit_files", "make_repository"]

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from core.command import Command

REPOSITORY: Final = "spt-flow-demo"
"""Name of the repository, and of the folder it is cloned to."""

GREETING: Final = "Hello from a workspace."
"""What the repository's own program prints."""

_README: Final = """# A small repository

It was made by `make demo`, is served for as long as that runs, and shows that a workspace begins with its clone.
"""
_PROGRAM_NAME: Final = "hello.sh"
_PROGRAM: Final = f"""#!/bin/sh
echo '{GREETING}'
echo "commit $(git rev-parse --short HEAD) of $(git config --get remote.origin.url)"
echo "as $(id -un) on $(uname -s) $(uname -m)"
"""
_IDENTITY: Final = {
    "GIT_AUTHOR_NAME": "spt-flow",
    "GIT_AUTHOR_EMAIL": "demo@example.com",
    "GIT_COMMITTER_NAME": "spt-flow",
    "GIT_COMMITTER_EMAIL": "demo@example.com",
}


def make_repository(folder: Path) -> str:
    """Make `<folder>/served/spt-flow-demo.git` with the branch `main`, and return the id of its last commit."""
    work, served = folder / "work", folder / "served" / f"{REPOSITORY}.git"
    work.mkdir()
    served.parent.mkdir()
    (work / _PROGRAM_NAME).touch(mode=0o755)
    commits = [("Say what this is", {"README.md": _README}), ("Add a program to run", {_PROGRAM_NAME: _PROGRAM})]
    git = commit_files(folder, work, commits)
    git.run("clone", "--quiet", "--bare", str(work), str(served))
    return git.run("rev-parse", "HEAD").stdout.strip()


def commit_files(home: Path, work: Path, commits: Sequence[tuple[str, Mapping[str, str]]]) -> Command:
    """Make a repository in `work` with one commit for each message and its files; return git as it was run there."""
    # Nothing of the user's own configuration: no signatures, no hooks, no other branch name.
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(home)}
    git = Command("git", env={**settings, **_IDENTITY}, cwd=work)
    git.run("init", "--quiet", "--initial-branch=main")
    for message, files in commits:
        for name, text in files.items():
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            git.run("add", "--", name)
        git.run("commit", "--quiet", "--message", message)
    return git
