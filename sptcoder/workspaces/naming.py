"""Names of workspaces: from the repository, short enough for Coder, and different for different repositories."""

__all__ = ["LONGEST_NAME", "candidate_names", "checked_name", "pipeline_name", "slug"]

import hashlib
import re
import unicodedata
from typing import Final

from core.errors import UsageError
from sptcoder.repositories.address import Repository

LONGEST_NAME: Final = 32
"""Characters; Coder's limit."""

_NAME: Final = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_FOREIGN: Final = re.compile(r"[^a-z0-9]+")
_FALLBACK: Final = "workspace"
_CUT_DIGITS: Final = 4
_OWN_DIGITS: Final = 6
_RUN_DIGITS: Final = 8


def slug(text: str) -> str:
    """Return the text in small letters, digits and single hyphens; `workspace` if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _FOREIGN.sub("-", plain).strip("-") or _FALLBACK


def candidate_names(repository: Repository, branch: str | None) -> tuple[str, str, str]:
    """Return the names for a repository's workspace, best first: `<repo>`, `<repo>-<owner>`, `<repo>-<hash>`.

    With a branch each begins with `<repo>-<branch>`. The first that is free, or is this repository's already, is its.
    """
    base = slug(repository.name) if branch is None else f"{slug(repository.name)}-{slug(branch)}"
    identity = _identity(repository, branch)
    return (
        _fitted(base, identity),
        _fitted(f"{base}-{slug(repository.owner)}" if repository.owner else f"{base}-2", identity),
        _joined(base, identity, _OWN_DIGITS),
    )


def pipeline_name(repository: Repository, run: str) -> str:
    """Return the name of a pipeline's workspace; the same for the same repository and run."""
    return _joined(f"{slug(repository.name)}-ci", f"{repository.canonical} {run}", _RUN_DIGITS)


def checked_name(name: str) -> str:
    """Return a name the user chose; raise UsageError if Coder would not take it."""
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' cannot be a workspace's name; allowed are up to {LONGEST_NAME} small letters and digits, "
            "with single hyphens between them."
        )
    return name


def _identity(repository: Repository, branch: str | None) -> str:
    return repository.canonical if branch is None else f"{repository.canonical} {branch}"


def _fitted(name: str, identity: str) -> str:
    return name if len(name) <= LONGEST_NAME else _joined(name, identity, _CUT_DIGITS)


def _joined(name: str, identity: str, digits: int) -> str:
    """Return the name, cut so that it fits with so many digits of the identity's hash behind it."""
    kept = name[: LONGEST_NAME - digits - 1].rstrip("-")
    return f"{kept}-{hashlib.sha256(identity.encode()).hexdigest()[:digits]}"
