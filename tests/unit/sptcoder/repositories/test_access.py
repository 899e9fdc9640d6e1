"""Access is settled before anything is built: by anybody's right, a linked account, a lent login, or a sentence."""

from collections.abc import Callable

import pytest

from core.errors import UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.deployment import RequiredAuth
from sptcoder.repositories.access import (
    AccessCheck,
    NotLinkedError,
    RepositoryRefusedError,
    RepositoryUnreachableError,
    provider_for,
)
from sptcoder.repositories.address import parse_repository
from sptcoder.repositories.remote import Answer, RemoteAnswer

PRIVATE = parse_repository("https://github.com/my/private")
LINKED = RequiredAuth(id="github", type="github", display_name="GitHub", authenticated=True)
UNLINKED = LINKED.model_copy(update={"authenticated": False})


def _check(
    client: CoderClient,
    answer: Answer,
    *auths: RequiredAuth,
    lent: bool = False,
    wait: Callable[[float], None] | None = None,
    said: list[str] | None = None,
) -> AccessCheck:
    return AccessCheck(
        client,
        auths=lambda: auths,
        say=(said if said is not None else []).append,
        is_lent=lent,
        wait=wait,
        ask=lambda _url, _branch: RemoteAnswer(answer, "words of the host"),
    )


def test_what_is_readable_needs_nothing(client: CoderClient) -> None:
    assert _check(client, Answer.READABLE).settle([(PRIVATE, None)]) == "readable without a login"


def test_a_linked_account_is_enough(client: CoderClient) -> None:
    words = _check(client, Answer.REFUSED, LINKED).settle([(PRIVATE, None)])
    assert words == "needs a login: the server's link to GitHub is used"


def test_without_a_terminal_an_account_that_is_not_linked_is_an_error_with_the_link(client: CoderClient) -> None:
    with pytest.raises(NotLinkedError) as caught:
        _check(client, Answer.REFUSED, UNLINKED).settle([(PRIVATE, None)])
    assert caught.value.next_command == f"open {client.url}/external-auth/github in a browser, then the same command"


def test_on_a_terminal_the_link_is_shown_and_waited_for(client: CoderClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr(client.external_auth, "is_authenticated", lambda _: next(answers))
    said: list[str] = []
    pauses: list[float] = []
    _check(client, Answer.REFUSED, UNLINKED, wait=pauses.append, said=said).settle([(PRIVATE, None)])
    assert f"{client.url}/external-auth/github" in said[0]
    assert pauses == [2.0, 2.0]


def test_a_host_the_server_knows_no_login_for_names_the_way_out(client: CoderClient) -> None:
    with pytest.raises(RepositoryRefusedError, match=r"the server has no login for github\.com") as caught:
        _check(client, Answer.REFUSED).settle([(PRIVATE, None)])
    assert "--lend-git-credentials" in str(caught.value.next_command)


def test_a_lent_login_is_enough(client: CoderClient) -> None:
    assert _check(client, Answer.REFUSED, lent=True).settle([(PRIVATE, None)]) == "needs a login: yours is lent"


def test_a_host_that_is_not_reached_from_here_names_the_way_out(client: CoderClient) -> None:
    with pytest.raises(RepositoryUnreachableError, match="words of the host") as caught:
        _check(client, Answer.UNREACHABLE).settle([(PRIVATE, None)])
    assert "--no-check" in str(caught.value.next_command)


def test_a_branch_that_is_not_there_is_a_misuse(client: CoderClient) -> None:
    with pytest.raises(UsageError, match="has no branch 'x'"):
        _check(client, Answer.NO_BRANCH).settle([(PRIVATE, "x")])


def test_several_repositories_are_asked_for_and_each_can_fail(client: CoderClient) -> None:
    asked: list[tuple[str, str | None]] = []

    def ask(url: str, branch: str | None) -> RemoteAnswer:
        asked.append((url, branch))
        return RemoteAnswer(Answer.REFUSED if "private" in url else Answer.READABLE, "no")

    public = parse_repository("my/public")
    check = AccessCheck(client, auths=lambda: (), say=lambda _: None, ask=ask)
    assert check.settle([(public, "b"), (public, None)]) == "readable without a login"
    with pytest.raises(RepositoryRefusedError):
        check.settle([(public, "b"), (PRIVATE, None)])
    assert min(asked, key=str) == (PRIVATE.url, None)


def test_a_machine_without_git_goes_on_with_a_word(client: CoderClient) -> None:
    assert _check(client, Answer.NOT_ASKED).settle([(PRIVATE, None)]) == "not checked: words of the host"


@pytest.mark.parametrize(
    ("host", "kinds", "found"),
    [
        ("github.com", ["github"], "0"),
        ("github.example.com", ["github"], "0"),
        ("gitlab.com", ["github"], None),
        ("gitlab.com", ["github", "gitlab"], "1"),
        ("git.example.com", ["gitlab"], "0"),
        ("git.example.com:8443", ["gitlab"], "0"),
        ("git.example.com", ["github", "gitlab"], None),
        ("dev.azure.com", ["azure-devops-entra"], "0"),
        ("github.com", [], None),
    ],
)
def test_the_provider_is_the_one_of_the_host(host: str, kinds: list[str], found: str | None) -> None:
    providers = [RequiredAuth(id=str(number), type=kind) for number, kind in enumerate(kinds)]
    provider = provider_for(host, providers)
    assert (provider.id if provider else None) == found


def test_a_provider_named_after_its_host_is_for_it() -> None:
    providers = [RequiredAuth(id="one", type="generic"), RequiredAuth(id="git.example.com", type="generic")]
    provider = provider_for("git.example.com", providers)
    assert provider is not None
    assert provider.id == "git.example.com"
