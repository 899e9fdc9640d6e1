"""A repository named by a folder of this machine: its origin and its branch; the work in it is not taken along."""

__all__ = ["Checkout", "find_checkout", "is_local_path"]

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandNotFoundError, UsageError

_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]")
_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Checkout:
    """What a folder says: the address of its remote, the branch to take (None: the default one), what to tell."""

    address: str
    branch: str | None
    notices: tuple[str, ...] = ()


def is_local_path(text: str) -> bool:
    """Say whether a text is meant as a folder: by how it begins, or because it is one and names no owner."""
    if text in {".", "..", "~"} or text.startswith(("./", "../", "/", "~/", ".\\", "..\\", "\\\\")):
        return True
    return bool(_WINDOWS.match(text)) or ("/" not in text and ":" not in text and Path(text).is_dir())


def find_checkout(text: str) -> Checkout:
    """Return what the git checkout in this folder, or around it, says; raise UsageError if there is none to clone.

    A workspace begins with a clone of the remote (000:FR10), so one line says what is not in it.
    """
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise UsageError(f"'{text}' is no folder, and no address of a repository either.")
    git = Command("git", env={"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}, cwd=folder)
    try:
        git.locate()
    except CommandNotFoundError:
        raise UsageError(
            "git is not installed here, so a folder says nothing about its repository; give the address."
        ) from None
    if _said(git, "rev-parse", "--is-inside-work-tree") != "true":
        raise UsageError(f"'{text}' is no git checkout.", next_command="sptcoder up OWNER/REPO")
    branch = _said(git, "symbolic-ref", "--quiet", "--short", "HEAD")
    remote = _said(git, "config", "--get", f"branch.{branch}.remote") if branch else ""
    remote = remote if remote not in {"", "."} else "origin"
    address = _said(git, "remote", "get-url", "--", remote)
    if not address:
        raise UsageError(
            f"The checkout in '{text}' has no remote '{remote}' to clone from.",
            next_command=f"git -C {text} remote add origin ADDRESS, and push to it",
        )
    return _described(git, address, branch, remote)


def _described(git: Command, address: str, branch: str, remote: str) -> Checkout:
    notices = []
    default = _said(git, "symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD")
    pushed = branch and _said(git, "rev-parse", "--verify", "--quiet", f"refs/remotes/{remote}/{branch}")
    if not branch:
        notices.append("The checkout is at no branch; the default branch is taken.")
    elif not pushed:
        notices.append(f"The branch '{branch}' has not been pushed; the default branch is taken.")
    left = []
    if _said(git, "status", "--porcelain"):
        left.append("what is not committed")
    if pushed and _said(git, "rev-list", "--max-count=1", f"refs/remotes/{remote}/{branch}..HEAD"):
        left.append("what is not pushed")
    if left:
        notices.append(f"The workspace gets a fresh clone of the remote, without {' and '.join(left)} here.")
    is_asked_for = pushed and default != f"{remote}/{branch}"
    return Checkout(address, branch if is_asked_for else None, tuple(notices))


def _said(git: Command, *words: str) -> str:
    """Return what git prints, nothing if it fails."""
    done = git.run(*words, check=False, timeout=_SECONDS)
    return done.stdout.strip() if done.returncode == 0 else ""
