"""Which repository a workspace is for, read from the parameters of its latest build: nothing is noted on this side."""

__all__ = ["BRANCH_PARAMETERS", "REPOSITORY_PARAMETERS", "WorkspaceIdentity", "identity_of"]

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.errors import UsageError
from sptcoder.repositories.address import parse_repository

REPOSITORY_PARAMETERS: Final = ("repo_url", "git_url")
"""Names of the parameter with the repository, in our templates and in others'."""

BRANCH_PARAMETERS: Final = ("branch", "git_branch")


@dataclass(frozen=True)
class WorkspaceIdentity:
    """A repository, in its canonical form, and a branch; None is the default branch."""

    repository: str
    branch: str | None

    def __str__(self) -> str:
        return self.repository if self.branch is None else f"{self.repository}, branch {self.branch}"


def identity_of(parameters: Mapping[str, str]) -> WorkspaceIdentity | None:
    """Return what a build's parameters say; None if they name no repository."""
    address = next((parameters[name] for name in REPOSITORY_PARAMETERS if parameters.get(name)), "")
    branch = next((parameters[name] for name in BRANCH_PARAMETERS if parameters.get(name)), None)
    try:
        return WorkspaceIdentity(parse_repository(address).canonical, branch)
    except UsageError:
        return None
