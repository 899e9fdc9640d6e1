"""Version and commit of this program, read without starting anything."""

__all__ = ["VERSION", "commit", "version_line"]

import json
from pathlib import Path
from typing import Final

VERSION: Final = "0.1.0"
"""The same as in the distributions' pyproject.toml; a test compares them."""

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
    """Return the commit this program was made from, twelve digits; `unknown` if nothing tells."""
    try:
        return str(json.loads(_RELEASE.read_text(encoding="utf-8"))["commit"])[:_SHORT]
    except (OSError, ValueError, KeyError, TypeError):
        return _checked_out() or _UNKNOWN


def _checked_out() -> str:
    """Read the checkout's commit from git's own files: the program git would take longer than all the rest."""
    try:
        head = (_GIT / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:_SHORT]
        name = head.removeprefix("ref: ")
        loose = _GIT / name
        if loose.is_file():
            return loose.read_text(encoding="ascii").strip()[:_SHORT]
        for line in (_GIT / "packed-refs").read_text(encoding="ascii").splitlines():
            if line.endswith(f" {name}"):
                return line[:_SHORT]
    except (OSError, ValueError):
        return ""
    return ""
