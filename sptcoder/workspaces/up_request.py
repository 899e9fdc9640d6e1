"""What `sptcoder up` is asked for, and what came of it."""

__all__ = ["UpAction", "UpRequest", "UpResult"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sptcoder.api.models.workspace import Workspace
from sptcoder.repositories.address import Repository
from sptcoder.workspaces.identity import WorkspaceIdentity
from sptcoder.workspaces.parameters import Wishes


class UpAction(StrEnum):
    """What was done to the workspace."""

    CREATED = "created"
    STARTED = "started"
    JOINED = "joined"
    """Somebody else had begun to build it."""
    FOUND = "found"
    """It ran already."""


@dataclass(frozen=True)
class UpRequest:
    """A workspace as it is to be; `names` are those it may have, best first."""

    repositories: tuple[Repository, ...]
    names: tuple[str, ...]
    template: str
    branch: str | None = None
    preset: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    dotfiles: str | None = None
    ttl: timedelta | None = None
    is_template_asked_for: bool = False
    """The user named it; else one that the workspace has already is as good."""
    wait: bool = True
    check: bool = True
    lend: bool = False
    editor: bool = False
    """Wait until the editor answers as well: somebody is about to open it."""
    pause: Callable[[float], None] | None = None
    """Waits while a person follows a link; None where nobody is."""

    @property
    def identity(self) -> WorkspaceIdentity:
        """Return what makes the workspace this repository's."""
        return WorkspaceIdentity(self.repositories[0].canonical, self.branch)

    @property
    def wishes(self) -> Wishes:
        """Return what the template's parameters are to say."""
        return Wishes(
            url=self.repositories[0].url,
            branch=self.branch,
            more=tuple(repository.url for repository in self.repositories[1:]),
            dotfiles=self.dotfiles,
            ttl=self.ttl,
            preset=self.preset,
            given=self.parameters,
        )


@dataclass(frozen=True)
class UpResult:
    """The workspace as it is now, how it came to be so, and the warnings of its start script."""

    workspace: Workspace
    action: UpAction
    warnings: tuple[str, ...] = ()
