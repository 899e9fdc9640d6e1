import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.api import CoderClient
from sptcoder.workspaces.lookup import NoWorkspaceError, find_workspace, split_name
from tests.standins.coderd.server import Coderd
from tests.standins.coderd.workspace_answers import OWNER
from tests.support.coder_workspaces import add_workspace


@pytest.mark.parametrize(
    ("words", "meant"), [("shop", ("me", "shop")), ("sam/shop-2", ("sam", "shop-2")), ("a", ("me", "a"))]
)
def test_a_name_means_a_workspace_of_ones_own(words: str, meant: tuple[str, str]) -> None:
    assert split_name(words) == meant


@pytest.mark.parametrize("words", ["", "/", "a/", "/a", "a/b/c", "..", "a/../b", "a b", "a?x=1", "-a", "a-", "a" * 33])
def test_what_is_no_name_is_misuse(words: str) -> None:
    with pytest.raises(UsageError, match="is no name of a workspace"):
        split_name(words)


@given(st.text())
def test_no_text_gets_into_a_path_unless_it_is_a_name(words: str) -> None:
    try:
        owner, name = split_name(words)
    except UsageError:
        return
    assert all(part.replace("-", "").isalnum() and part.isascii() for part in (owner, name))


def test_a_workspace_is_found_by_name_and_by_owner(coderd: Coderd, client: CoderClient) -> None:
    add_workspace(coderd.platform, "shop")
    add_workspace(coderd.platform, "shop", owner="sam")
    owners = [find_workspace(client, words).owner_name for words in ("shop", "sam/shop")]
    assert owners == [OWNER, "sam"]


def test_an_unknown_name_is_answered_with_those_near_it(coderd: Coderd, client: CoderClient) -> None:
    for name in ("webshop", "webshop-api", "engine"):
        add_workspace(coderd.platform, name)
    with pytest.raises(NoWorkspaceError) as raised:
        find_workspace(client, "webshp")
    assert raised.value.message == "You have no workspace 'webshp'; near it are webshop, webshop-api."
    assert raised.value.next_command == "sptcoder list"


def test_without_any_workspace_nothing_is_near(client: CoderClient) -> None:
    with pytest.raises(NoWorkspaceError, match="You have no workspace 'shop', and no other either"):
        find_workspace(client, "shop")


def test_somebody_elses_workspaces_are_guessed_among_theirs(coderd: Coderd, client: CoderClient) -> None:
    add_workspace(coderd.platform, "shop")
    add_workspace(coderd.platform, "cart", owner="sam")
    with pytest.raises(NoWorkspaceError) as raised:
        find_workspace(client, "sam/carts")
    assert raised.value.message == "sam has no workspace 'carts'; near it is cart."
    assert raised.value.next_command == "sptcoder list --all"
