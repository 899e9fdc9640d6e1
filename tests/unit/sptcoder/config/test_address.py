import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.config import Context, check_address, name_of


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://coder.example.com", "https://coder.example.com"),
        ("https://coder.example.com/", "https://coder.example.com"),
        ("  https://coder.example.com//  ", "https://coder.example.com"),
        ("coder.example.com", "https://coder.example.com"),
        ("coder.example.com:8443", "https://coder.example.com:8443"),
        ("localhost:3000", "https://localhost:3000"),
        ("HTTP://Coder.Example.COM:7080/", "http://coder.example.com:7080"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://example.com/coder/", "https://example.com/coder"),
    ],
)
def test_an_address_has_one_form(typed: str, address: str) -> None:
    assert check_address(typed) == address
    assert check_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "ftp://coder.example.com",
        "javascript:alert(1)//",
        "https://coder.example.com:port",
        "https://coder.example.com:99999",
        "https://[::1",
        "https://a b.example.com",
        "https://coder.example.com/?a=b",
        "https://coder.example.com/#x",
        "https://coder.example.com/a path",
        "https://-;rm.example.com",
        "https://coder\x1b[31m.example.com",
    ],
)
def test_what_is_no_address_is_said_in_one_sentence(typed: str) -> None:
    with pytest.raises(UsageError, match=r"is no address of a Coder server; expected is http\(s\)://host") as caught:
        check_address(typed)
    assert "\x1b" not in caught.value.message.replace(repr(typed), "")
    assert caught.value.next_command == "sptcoder init --url https://coder.example.com"


@pytest.mark.parametrize(
    "typed", ["https://ada:canary-4711@coder.example.com", "ada:canary-4711@host", "x://canary-4711@@h"]
)
def test_a_password_in_an_address_is_never_shown(typed: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_address(typed)
    assert "canary-4711" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_misuse(typed: str) -> None:
    try:
        address = check_address(typed)
    except UsageError:
        return
    assert check_address(address) == address
    assert Context.model_validate({"name": name_of(address), "url": address, "token": "t"}).url == address


def test_a_context_is_named_after_its_host() -> None:
    assert name_of("https://coder.example.com") == "coder.example.com"
    assert name_of("http://127.0.0.1:3000") == "127.0.0.1-3000"
    assert name_of("http://[::1]:3000") == "1-3000"
