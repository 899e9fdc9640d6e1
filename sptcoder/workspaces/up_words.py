"""The words of `sptcoder up` as they were typed, and the request they make."""

__all__ = ["UpWords"]

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.errors import UsageError
from sptcoder.cli.duration import parse_duration

if TYPE_CHECKING:
    from sptcoder.repositories.address import Repository
    from sptcoder.workspaces.up_request import UpRequest

_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=7)
_HERE: Final = "."


@dataclass(frozen=True)
class UpWords:
    """What was typed; None and empty is what was left out."""

    repositories: tuple[str, ...]
    branch: str | None = None
    name: str | None = None
    template: str | None = None
    preset: str | None = None
    parameters: tuple[str, ...] = ()
    ttl: str | None = None
    dotfiles: str | None = None
    wait: bool = True
    check_access: bool = True
    lend: bool = False

    def check(self) -> None:
        """Raise UsageError for what can be told wrong at once."""
        self._lifetime()
        if self.branch is not None and (not self.branch.strip() or self.branch.startswith("-")):
            raise UsageError(f"'{self.branch}' is no name of a branch.")
        if self.lend and not self.wait:
            raise UsageError("--lend-git-credentials needs --wait: they are lent while this command runs.")

    def request(
        self,
        *,
        git_host: str,
        say: Callable[[str], None],
        pause: Callable[[float], None] | None,
        environment: Mapping[str, str] = os.environ,
    ) -> "UpRequest":
        """Return what to bring up; `say` hears what should be known of how the words were read."""
        from sptcoder.repositories.named import name_repository  # noqa: PLC0415 - after the first line is out
        from sptcoder.templates.bundled import CI_TEMPLATE  # noqa: PLC0415
        from sptcoder.workspaces.parameters import parse_parameters  # noqa: PLC0415
        from sptcoder.workspaces.template_choice import DEFAULT_TEMPLATE  # noqa: PLC0415
        from sptcoder.workspaces.up_request import UpRequest  # noqa: PLC0415

        named = [name_repository(text, git_host=git_host) for text in self.repositories or (_HERE,)]
        for notice in dict.fromkeys(notice for one in named for notice in one.notices):
            say(notice)
        first, lifetime = named[0], self._lifetime()
        branch = self.branch or first.branch
        return UpRequest(
            repositories=tuple(one.repository for one in named),
            names=self._names(first.repository, branch, environment),
            template=self.template or (DEFAULT_TEMPLATE if lifetime is None else CI_TEMPLATE),
            branch=branch,
            preset=self.preset,
            parameters=parse_parameters(self.parameters),
            dotfiles=None
            if self.dotfiles is None
            else name_repository(self.dotfiles, git_host=git_host).repository.url,
            ttl=lifetime,
            is_template_asked_for=self.template is not None,
            wait=self.wait,
            check=self.check_access,
            lend=self.lend,
            pause=pause,
        )

    def _lifetime(self) -> timedelta | None:
        return None if self.ttl is None else parse_duration(self.ttl, what="--ttl", least=_SHORTEST, most=_LONGEST)

    def _names(self, repository: "Repository", branch: str | None, environment: Mapping[str, str]) -> tuple[str, ...]:
        from sptcoder.workspaces.naming import candidate_names, checked_name, pipeline_name  # noqa: PLC0415
        from sptcoder.workspaces.pipeline_run import pipeline_run  # noqa: PLC0415

        if self.name is not None:
            return (checked_name(self.name),)
        if self.ttl is not None:
            return (pipeline_name(repository, pipeline_run(environment)),)
        return candidate_names(repository, branch)
