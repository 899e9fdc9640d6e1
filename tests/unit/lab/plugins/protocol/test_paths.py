"""Property paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.protocol.paths import PathSegment, format_path, parse_path, top_level

_keys = st.text(min_size=1).filter(lambda key: "\\" not in key)


@given(st.lists(st.one_of(_keys, st.integers(0, 99)), min_size=1, max_size=5))
def test_what_is_formatted_parses_back(segments: list[PathSegment]) -> None:
    assert parse_path(format_path(segments)) == tuple(segments)


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("spec.containers[0].image", ("spec", "containers", 0, "image")),
        ('metadata.labels["app.kubernetes.io/name"]', ("metadata", "labels", "app.kubernetes.io/name")),
        ("triggers[*]", ("triggers", "*")),
        ('["a b"].c', ("a b", "c")),
    ],
)
def test_known_paths(path: str, segments: tuple[PathSegment, ...]) -> None:
    assert parse_path(path) == segments


def test_top_level() -> None:
    assert top_level('spec["a"][0].b') == "spec"


def test_a_malformed_path_is_one_sentence() -> None:
    with pytest.raises(SptFlowError, match="malformed at character 2"):
        parse_path("a[")
