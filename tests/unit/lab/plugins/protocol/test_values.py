"""What can be asked of values."""

import copy

from lab.plugins.protocol.values import (
    UNKNOWN,
    Asset,
    Output,
    ResourceReference,
    Secret,
    contains_secret,
    contains_unknown,
    map_leaves,
    reveal,
    secret_strings,
)

_NESTED = {"a": [Secret({"b": "hidden"}), 1], "c": Output("seen", dependencies=("urn",)), "d": {"e": UNKNOWN}}


def test_reveal_strips_at_any_depth() -> None:
    assert reveal(_NESTED) == {"a": [{"b": "hidden"}, 1], "c": "seen", "d": {"e": UNKNOWN}}


def test_unknowns_are_found_inside() -> None:
    assert contains_unknown(_NESTED)
    assert contains_unknown(Secret([UNKNOWN]))
    assert contains_unknown(ResourceReference("urn", UNKNOWN))
    assert not contains_unknown({"a": Secret("x")})


def test_secrets_are_found_inside() -> None:
    assert contains_secret(_NESTED)
    assert contains_secret([Output("x", secret=True)])
    assert not contains_secret({"a": [1, UNKNOWN, Output("x")]})


def test_secret_strings() -> None:
    value = {"a": Secret({"b": ["one", 2]}), "c": Output("two", secret=True), "d": "open", "e": Secret(Asset(text="3"))}
    assert sorted(secret_strings(value)) == ["3", "one", "two"]


def test_map_leaves_keeps_the_shape() -> None:
    doubled = map_leaves({"a": [1, Secret(2)], "b": Output(3)}, lambda leaf: leaf * 2)
    assert doubled == {"a": [2, Secret(4)], "b": Output(6)}


def test_unknown_is_one_object_and_secrets_do_not_print() -> None:
    assert copy.deepcopy({"a": UNKNOWN})["a"] is UNKNOWN
    assert "hidden" not in repr(_NESTED)
