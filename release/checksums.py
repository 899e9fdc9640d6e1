"""The list of a release's files with their SHA-256, in the form that `sha256sum --check` reads."""

__all__ = ["CHECKSUMS", "read_checksums", "write_checksums"]

import hashlib
import re
from pathlib import Path
from typing import Final

from core.errors import SptFlowError

CHECKSUMS: Final = "checksums.txt"
"""Name of the list."""

_LINE: Final = re.compile(r"([0-9a-f]{64})  ([\w.+-]+)")
_PARTS: Final = ("sptcoder-",)


def write_checksums(folder: Path) -> Path:
    """Write the list of all files of the release in a folder; raise SptFlowError if there are none."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name.startswith(_PARTS))
    if not files:
        raise SptFlowError(f"There is nothing of a release in {folder}.", next_command="make release-wheel")
    lines = [f"{_digest(path)}  {path.name}\n" for path in files]
    target = folder / CHECKSUMS
    target.write_text("".join(lines), encoding="utf-8", newline="\n")
    return target


def read_checksums(folder: Path) -> dict[str, str]:
    """Return the sums by file name; raise SptFlowError if the list is missing or has another form."""
    path = folder / CHECKSUMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SptFlowError(f"There is no {path}.", next_command="make release-checksums") from None
    matches = [_LINE.fullmatch(line) for line in lines]
    if not all(matches):
        raise SptFlowError(f"{path} is no list of SHA-256 sums.", next_command="make release-checksums")
    return {match[2]: match[1] for match in matches if match is not None}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
