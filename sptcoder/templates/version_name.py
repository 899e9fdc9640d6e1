"""Names of versions: the git revision the files come from, and what to do when a name is taken."""

__all__ = ["candidate_names", "source_name"]

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import SptFlowError
from sptcoder.templates.fingerprint import Fingerprint

_GIT_SECONDS: Final = 10.0
_TRIES: Final = 50


def source_name(folders: Sequence[Path], fingerprint: Fingerprint) -> str:
    """Return the short git revision of the folders, with `-dirty.<8 digits>` if they hold what is not committed.

    Outside a git checkout, or without git: `content-<8 digits>` of the fingerprint.
    """
    git = Command("git", env={"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}, cwd=folders[0])
    paths = [str(folder.resolve()) for folder in folders]
    try:
        revision = git.run("rev-parse", "--short", "HEAD", timeout=_GIT_SECONDS).stdout.strip()
        changes = git.run("status", "--porcelain", "--ignored=no", "--", *paths, timeout=_GIT_SECONDS).stdout
    except SptFlowError:
        return f"content-{fingerprint.short}"
    return f"{revision}-dirty.{fingerprint.short}" if changes.strip() else revision


def candidate_names(source: str, fingerprint: Fingerprint) -> Iterator[str]:
    """Yield the names to try: the source, the source with the content, and then numbered retries of that.

    A revision can be pushed with other variables, and an import that failed keeps its name.
    """
    yield source
    with_content = source if source.endswith(fingerprint.short) else f"{source}-{fingerprint.short}"
    if with_content != source:
        yield with_content
    yield from (f"{with_content}-r{number}" for number in range(2, _TRIES))
