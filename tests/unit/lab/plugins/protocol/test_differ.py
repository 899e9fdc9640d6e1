"""Property-by-property comparison."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.plugins.protocol.differ import diff_inputs, same
from lab.plugins.protocol.results import DiffKind, DiffResult, PropertyChange
from lab.plugins.protocol.values import UNKNOWN, Asset, Output, Secret

_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=10,
)
_properties = st.dictionaries(st.text("abc", min_size=1, max_size=2), _json, max_size=4)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": 1}, {"a": True}, {"a": "UPDATE"}),
        ({"a": None}, {}, {}),
        ({}, {"a": 1}, {"a": "ADD"}),
        ({"a": 1}, {"a": None}, {"a": "DELETE"}),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3, 4]}}, {"a.b[1]": "UPDATE", "a.b[2]": "ADD"}),
        ({"a": [{"x": 1}, 2]}, {"a": [{"x": 2}]}, {"a[0].x": "UPDATE", "a[1]": "DELETE"}),
        ({"a": {"k8s.io/x": 1}}, {"a": {}}, {'a["k8s.io/x"]': "DELETE"}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": "UPDATE"}),
        ({"a": "x"}, {"a": UNKNOWN}, {"a": "UPDATE"}),
        ({"a": UNKNOWN}, {"a": UNKNOWN}, {}),
        ({"a": Secret("x")}, {"a": Secret("x")}, {}),
        ({"a": Secret("x")}, {"a": Output("x", secret=True)}, {}),
        ({"a": "x"}, {"a": Secret("x")}, {"a": "UPDATE"}),
        ({"a": Secret({"b": 1})}, {"a": Secret({"b": 2})}, {"a": "UPDATE"}),
        ({"a": Asset("h1", text="x")}, {"a": Asset("h1", path="y")}, {}),
        ({"a": Asset("h1")}, {"a": Asset("h2")}, {"a": "UPDATE"}),
        ({"__defaults": []}, {"__defaults": ["a"]}, {}),
    ],
)
def test_lines(old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]) -> None:
    found = diff_inputs(old, new)
    assert {path: change.kind.value for path, change in found.items()} == expected


@given(_properties)
def test_nothing_differs_from_itself(properties: dict[str, Any]) -> None:
    assert diff_inputs(properties, properties) == {}
    assert same(properties, properties)


@given(_properties, _properties)
def test_there_and_back_are_mirror_images(old: dict[str, Any], new: dict[str, Any]) -> None:
    mirror = {"ADD": "DELETE", "DELETE": "ADD", "UPDATE": "UPDATE"}
    there = {path: change.kind.value for path, change in diff_inputs(old, new).items()}
    back = {path: mirror[change.kind.value] for path, change in diff_inputs(new, old).items()}
    assert there == back


def test_replacements_are_marked() -> None:
    found = diff_inputs({"a": 1, "b": [1]}, {"a": 2, "b": [2]}, replaces=lambda path: path[0] == "b")
    assert found == {"a": PropertyChange(DiffKind.UPDATE), "b[0]": PropertyChange(DiffKind.UPDATE_REPLACE)}
    result = DiffResult(found, extra_replaces=("c.d",))
    assert result.replaces == ("b[0]", "c.d")
    assert result.changes
    assert not DiffResult().changes
