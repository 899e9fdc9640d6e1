"""The repository and the branch that a command's argument names, whatever kind of argument it is."""

__all__ = ["NamedRepository", "name_repository"]

from dataclasses import dataclass

from sptcoder.repositories.address import Repository, parse_repository
from sptcoder.repositories.checkout import find_checkout, is_local_path


@dataclass(frozen=True)
class NamedRepository:
    """A repository, the branch its name brings along (None for the default one), and lines to tell the user."""

    repository: Repository
    branch: str | None = None
    notices: tuple[str, ...] = ()


def name_repository(text: str, *, git_host: str) -> NamedRepository:
    """Return what a text names: an address, `owner/repo` on `git_host`, or a folder of this machine."""
    if not is_local_path(text):
        repository = parse_repository(text, git_host=git_host)
        return NamedRepository(repository, None, (repository.notice,) if repository.notice else ())
    checkout = find_checkout(text)
    repository = parse_repository(checkout.address, git_host=git_host)
    said = repository.notice or f"The remote of '{text}' is {repository.url}."
    return NamedRepository(repository, checkout.branch, (said, *checkout.notices))
