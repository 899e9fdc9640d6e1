"""Version and commit of this program, read without starting anything."""

__all__ = ["VERSION", "commit", "version_line"]

import json
from pathlib import Path
from typing import Final

VERSION: Final = "0.1.0"
"""The same as in the checkout's pyproject.toml; a test compares them."""

_HERE: Final = Path(__file__).parent
_RELEASE: Final = _HERE / "release.json"
"""Written into wheels and executables when they are built: `{"commit": "..."}`."""

_GIT: Final = _HERE.parent / ".git"
_UNKNOWN: Final = "unknown"
_SHORT: Final = 12


def version_line() -> str:
    """Return `sptcoder 0.1.0 (commit 0123456789ab)`."""
    return f"sptcoder {VERSION} (commit {commit()})"


def commit() -> str:
    """Return the commit this program was made from, twelve digits; `unknown` if nothing tells.

    In what was built from files that differ from their commit, `-changed` stands behind it.
    """
    try:
        return str(json.loads(_RELEASE.read_text(encoding="utf-8"))["commit"])
    except (OSError, ValueError, KeyError, TypeError):
        return _checked_out() or _UNKNOWN


def _checked_out() -> str:
    """Read the checkout's commit from git's own files: the program git would take longer than all the rest."""
    try:
        folder = _git_folder()
        head = (folder / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:_SHORT]
        common = folder / "commondir"
        shared = folder / common.read_text(encoding="utf-8").strip() if common.is_file() else folder
        return _branch(shared, head.removeprefix("ref: "))
    except (OSError, ValueError):
        return ""


def _git_folder() -> Path:
    """Return git's folder, which a worktree's file names."""
    if _GIT.is_dir():
        return _GIT
    return Path(_GIT.read_text(encoding="utf-8").strip().removeprefix("gitdir: "))


def _branch(folder: Path, name: str) -> str:
    loose = folder / name
    if loose.is_file():
        return loose.read_text(encoding="ascii").strip()[:_SHORT]
    for line in (folder / "packed-refs").read_text(encoding="ascii").splitlines():
        if line.endswith(f" {name}"):
            return line[:_SHORT]
    return ""
