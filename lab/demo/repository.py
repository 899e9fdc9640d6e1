"""The demo's repository: two commits, made with git on this machine."""

__all__ = ["GREETING", "REPOSITORY", "make_repository"]

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
    # Nothing of the user's own configuration: no signatures, no hooks, no other branch name.
    settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    git = Command("git", env={**settings, **_IDENTITY}, cwd=work)
    git.run("init", "--quiet", "--initial-branch=main")
    _commit(git, work / "README.md", _README, "Say what this is")
    program = work / "hello.sh"
    program.touch(mode=0o755)
    _commit(git, program, _PROGRAM, "Add a program to run")
    git.run("clone", "--quiet", "--bare", str(work), str(served))
    return git.run("rev-parse", "HEAD").stdout.strip()


def _commit(git: Command, path: Path, text: str, message: str) -> None:
    path.write_text(text, encoding="utf-8")
    git.run("add", "--", path.name)
    git.run("commit", "--quiet", "--message", message)
