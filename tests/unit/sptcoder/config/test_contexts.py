import pytest
from pydantic import SecretStr

from core.errors import UsageError
from sptcoder.config import Context, NoContextError, UnknownContextError, active_context, edit_document

ADA = Context(name="ada", url="https://a.example.com", token=SecretStr("t1"))
BOB = Context(name="bob", url="https://b.example.com", token=SecretStr("t2"))


@pytest.fixture
def home(tmp_path: object) -> dict[str, str]:
    return {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}


@pytest.fixture
def both(home: dict[str, str]) -> dict[str, str]:
    edit_document(lambda document: document.having(ADA).having(BOB), home)
    return home


def test_without_any_the_next_command_is_init(home: dict[str, str]) -> None:
    with pytest.raises(NoContextError, match="not signed in") as caught:
        active_context(None, home)
    assert caught.value.next_command == "sptcoder init"


def test_the_newest_is_the_current_one_until_another_is_used(both: dict[str, str]) -> None:
    assert active_context(None, both) == BOB
    edit_document(lambda document: document.using("ada"), both)
    assert active_context(None, both) == ADA


def test_a_named_one_comes_before_the_environment(both: dict[str, str]) -> None:
    environment = {**both, "CODER_URL": "https://c.example.com/", "CODER_SESSION_TOKEN": "t3"}
    assert active_context("ada", environment) == ADA
    found = active_context(None, environment)
    assert (found.name, found.url, found.token.get_secret_value()) == ("environment", "https://c.example.com", "t3")


@pytest.mark.parametrize("half", [{"CODER_URL": "https://c.example.com"}, {"CODER_SESSION_TOKEN": "t"}])
def test_half_an_environment_is_none(both: dict[str, str], half: dict[str, str]) -> None:
    assert active_context(None, {**both, **half}) == BOB


def test_an_unknown_name_lists_the_known_ones(both: dict[str, str]) -> None:
    with pytest.raises(UnknownContextError, match="no context 'eve'; known are: 'ada', 'bob'"):
        active_context("eve", both)


def test_after_the_current_one_is_forgotten_none_is_current(both: dict[str, str]) -> None:
    edit_document(lambda document: document.without("bob"), both)
    with pytest.raises(NoContextError, match=r"None of your contexts \('ada'\) is the current one") as caught:
        active_context(None, both)
    assert caught.value.next_command == "sptcoder context use ada"


def test_forgetting_another_one_changes_no_choice(both: dict[str, str]) -> None:
    edit_document(lambda document: document.without("ada"), both)
    assert active_context(None, both) == BOB


def test_a_token_is_not_in_what_is_printed() -> None:
    assert "t1" not in repr(ADA)
    assert "t1" not in str(ADA)


def test_a_token_that_fits_into_no_header_is_a_misuse(home: dict[str, str]) -> None:
    environment = {**home, "CODER_URL": "https://c.example.com", "CODER_SESSION_TOKEN": "canary\u00e9"}
    with pytest.raises(UsageError, match="There is no session token in CODER_SESSION_TOKEN") as caught:
        active_context(None, environment)
    assert "canary" not in str(caught.value)
