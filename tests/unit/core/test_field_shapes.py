import math

import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from core.fields import Field


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("true", None), (1, None), (0.0, None), (None, None), ([], None)],
)
def test_only_true_and_false_are_booleans(value: object, expected: bool | None) -> None:  # noqa: FBT001 - a column
    assert Field(value).boolean() is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, 2),
        (2.0, 2),
        (-1, -1),
        (2.5, None),
        ("2", None),
        (True, None),
        (None, None),
        (math.inf, None),
        (math.nan, None),
    ],
)
def test_only_whole_numbers_are_integers(value: object, expected: int | None) -> None:
    assert Field(value).integer() == expected


@pytest.mark.parametrize(
    ("value", "shape"),
    [({}, "mapping"), ([], "sequence"), ((), "sequence"), ("x", ""), (b"x", ""), (None, ""), (1, "")],
)
def test_objects_and_lists_are_told_apart(value: object, shape: str) -> None:
    field = Field(value)
    assert (field.is_mapping, field.is_sequence) == (shape == "mapping", shape == "sequence")


def test_the_proxies_of_the_engine_are_objects_and_lists() -> None:
    field = Field(unknown_checking_proxy({"list": [1], "object": {"a": 1}}))
    assert (field.get("list").is_sequence, field.get("object").is_mapping) == (True, True)


def test_entries_show_each_key_once_and_unknown_values_as_such() -> None:
    proxy = unknown_checking_proxy({"a": 1, "b": UNKNOWN_STRING_VALUE})
    found = dict(Field(proxy, unknown_errors=(UnknownValueError,)).entries())
    assert found["a"].value == 1
    assert found["b"].unknown is not None
    assert [key for key, _ in Field({1: "x", "y": 2}).entries()] == ["y"]
    assert list(Field([1]).entries()) == []


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), ("", ""), (None, ""), (7, ""), (["a"], "")])
def test_what_is_no_string_is_an_empty_one(value: object, expected: str) -> None:
    assert Field(value).string() == expected
