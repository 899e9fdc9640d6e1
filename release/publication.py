"""A release on GitHub: made once, its files replaced when the workflow is run again for the same tag."""

__all__ = ["check_tag", "publish"]

import re
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError, UsageError
from release.checksums import CHECKSUMS, read_checksums
from release.homebrew import FORMULA
from release.scoop import MANIFEST
from release.sources import ROOT
from sptcoder.version import VERSION

_SECONDS: Final = 600.0


def check_tag(tag: str) -> None:
    """Raise UsageError unless a tag is that of the version in the checkout."""
    if tag != f"v{VERSION}":
        raise UsageError(
            f"The tag '{tag}' is not that of the version in sptcoder/version.py: v{VERSION}.",
            next_command=f"git tag v{VERSION}, or change the version first",
        )


def publish(folder: Path, tag: str) -> None:
    """Publish what a folder holds as the release of a tag, by GitHub's own program `gh`, which reads GITHUB_TOKEN.

    Raises UsageError for a tag of another version, SptFlowError if a file is missing, CommandFailedError if GitHub
    refuses.
    """
    check_tag(tag)
    names = [*read_checksums(folder), CHECKSUMS, FORMULA, MANIFEST]
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise SptFlowError(f"The release lacks {', '.join(missing)}.", next_command="make release-checksums")
    gh = Command("gh", cwd=ROOT)
    files = [str(folder / name) for name in names]
    if gh.run("release", "view", tag, check=False).returncode == 0:
        gh.run("release", "upload", tag, "--clobber", *files, timeout=_SECONDS)
        return
    notes = ["--notes-file", "-"]
    gh.run("release", "create", tag, "--verify-tag", "--title", tag, *notes, *files, stdin=_notes(), timeout=_SECONDS)


def _notes() -> str:
    """Return what the changelog says of this version; of what is unreleased, if it does not name it yet."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## \[?([^\]\n]+?)\]?(?: .*)?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    return str(sections.get(VERSION) or sections.get("Unreleased") or "").strip() + "\n"
