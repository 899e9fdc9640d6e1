"""Whether the workspace-to-be can clone its repository: settled before anything is built (000:FR4)."""

__all__ = ["AccessCheck", "NotLinkedError", "RepositoryRefusedError", "RepositoryUnreachableError", "provider_for"]

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from core.errors import SptFlowError, UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.deployment import RequiredAuth
from sptcoder.repositories.address import Repository
from sptcoder.repositories.remote import Answer, RemoteAnswer, ask_remote

_PAUSE: Final = 2.0
_OWN_HOSTS: Final = {
    "github": "github",
    "gitlab": "gitlab",
    "bitbucket-cloud": "bitbucket.org",
    "bitbucket-server": "bitbucket",
    "azure-devops": "dev.azure.com",
    "azure-devops-entra": "dev.azure.com",
    "gitea": "gitea",
    "forgejo": "codeberg",
}
"""By a provider's type, what is part of the host's name."""

_PUBLIC: Final = frozenset({"github.com", "gitlab.com", "bitbucket.org", "dev.azure.com", "codeberg.org"})

Ask = Callable[[str, str | None], RemoteAnswer]


class RepositoryRefusedError(SptFlowError):
    """The repository needs a login, and the server has none to offer for its host."""


class NotLinkedError(SptFlowError):
    """The repository needs a login that the user has not given the server yet."""


class RepositoryUnreachableError(SptFlowError):
    """The repository's host does not answer from here."""


@dataclass(frozen=True)
class AccessCheck:
    """Settles access; `auths` tells which logins the template uses.

    `is_lent`: the user's own login is lent to the workspace. `wait`: tells a person a link and waits, by its pause,
    until it is followed; None where nobody is.
    """

    client: CoderClient
    auths: Callable[[], Sequence[RequiredAuth]]
    say: Callable[[str], None]
    is_lent: bool = False
    wait: Callable[[float], None] | None = None
    ask: Ask = ask_remote

    def settle(self, repositories: Sequence[tuple[Repository, str | None]]) -> str:
        """Return, in a few words, how the repositories, each with its branch, can be read.

        Raises UsageError for a branch that is not there, RepositoryRefusedError, NotLinkedError, or
        RepositoryUnreachableError.
        """
        said = [
            self._judged(repository, branch, answer)
            for (repository, branch), answer in zip(repositories, self._answers(repositories), strict=True)
        ]
        return ", ".join(dict.fromkeys(said))

    def _answers(self, repositories: Sequence[tuple[Repository, str | None]]) -> list[RemoteAnswer]:
        if len(repositories) == 1:
            return [self.ask(repositories[0][0].url, repositories[0][1])]
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(lambda one: self.ask(one[0].url, one[1]), repositories))

    def _judged(self, repository: Repository, branch: str | None, answer: RemoteAnswer) -> str:
        if answer.answer is Answer.READABLE:
            return "readable without a login"
        if answer.answer is Answer.NOT_ASKED:
            return f"not checked: {answer.words}"
        if answer.answer is Answer.NO_BRANCH:
            raise UsageError(
                f"{repository.url} has no branch '{branch}'.", next_command=f"git ls-remote --heads {repository.url}"
            )
        if answer.answer is Answer.UNREACHABLE:
            raise RepositoryUnreachableError(
                f"{repository.url} cannot be reached from here: {answer.words}.",
                next_command="the same command with --no-check, if the workspaces can reach it",
            )
        return self._login(repository, answer)

    def _login(self, repository: Repository, answer: RemoteAnswer) -> str:
        if self.is_lent:
            return "needs a login: yours is lent"
        provider = provider_for(repository.host, self.auths())
        if provider is None:
            raise RepositoryRefusedError(
                f"{repository.url} cannot be read without a login ({answer.words}), and the server has no login for "
                f"{repository.host}.",
                next_command="is the address right? If so: the same command with --lend-git-credentials",
            )
        name = provider.display_name or provider.id
        if not provider.authenticated:
            self._link(repository, provider, name)
        return f"needs a login: the server's link to {name} is used"

    def _link(self, repository: Repository, provider: RequiredAuth, name: str) -> None:
        link = f"{self.client.url}/external-auth/{provider.id}"
        if self.wait is None:
            raise NotLinkedError(
                f"{repository.url} cannot be read without a login, and your account is not linked to {name} yet.",
                next_command=f"open {link} in a browser, then the same command",
            )
        self.say(f"{repository.url} needs a login. Link your account to {name}: {link}")
        self.say("Waiting until it is linked; Ctrl-C ends.")
        while not self.client.external_auth.is_authenticated(provider.id):
            self.wait(_PAUSE)


def provider_for(host: str, providers: Sequence[RequiredAuth]) -> RequiredAuth | None:
    """Return the provider whose logins are for this host: by its type or its id; the only one for a private host."""
    name = host.partition(":")[0].lower()
    for provider in providers:
        mark = _OWN_HOSTS.get(provider.type)
        if (mark is not None and mark in name) or provider.id.lower() == name:
            return provider
    return providers[0] if len(providers) == 1 and name not in _PUBLIC else None
