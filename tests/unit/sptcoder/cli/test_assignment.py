import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.cli.assignment import parse_assignments


def test_values_are_taken_as_they_are() -> None:
    assert parse_assignments(["cpu=2", "tags=a=b;c", "empty=", "more_repositories=[]"], "--param") == {
        "cpu": "2",
        "tags": "a=b;c",
        "empty": "",
        "more_repositories": "[]",
    }


def test_no_words_are_no_values() -> None:
    assert parse_assignments(None, "--param") == {}


@pytest.mark.parametrize("word", ["cpu", "", "=2", "a b=2", "-x=2", "9=2"])
def test_what_is_no_assignment_is_misuse(word: str) -> None:
    with pytest.raises(UsageError, match="expected is --var NAME=VALUE"):
        parse_assignments([word], "--var")


def test_a_name_is_given_once() -> None:
    with pytest.raises(UsageError, match="gives 'cpu' twice"):
        parse_assignments(["cpu=1", "cpu=2"], "--param")


@given(st.text(max_size=40))
def test_no_value_stands_in_an_error(value: str) -> None:
    secret = f"s3cr3t{value}"
    with pytest.raises(UsageError) as raised:
        parse_assignments([f"bad name={secret}"], "--var")
    assert "s3cr3t" not in str(raised.value)
