import pytest

from core.kubernetes_names import (
    is_label,
    is_label_value,
    is_path_segment,
    is_qualified_name,
    is_service_name,
    is_subdomain,
    object_labels,
)


@pytest.mark.parametrize("text", ["a", "0", "a-b", "a" * 63])
def test_labels(text: str) -> None:
    assert is_label(text)
    assert is_subdomain(text)


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a_b", "a\n", "a" * 64, "\u00e4", "a b"])
def test_no_labels(text: str) -> None:
    assert not is_label(text)
    assert text == "a" * 64 or not is_subdomain(text)


@pytest.mark.parametrize(
    ("text", "good"), [("a.b", True), ("a..b", False), (".a", False), ("a.", False), ("a.B", False)]
)
def test_subdomains(text: str, good: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_subdomain(text) is good
    assert not is_label(text)


def test_a_subdomain_has_at_most_253_characters() -> None:
    assert is_subdomain(".".join(["a" * 49] * 5) + ".abc")
    assert not is_subdomain(".".join(["a" * 49] * 5) + ".abcd")


def test_object_labels_are_valid_label_values() -> None:
    labels = object_labels("registry", "registry")
    assert labels["app.kubernetes.io/part-of"] == "spt-flow"
    assert all(is_label(value) for value in labels.values())


@pytest.mark.parametrize(("text", "good"), [("a", True), ("a1-b", True), ("1a", False), ("", False), ("a" * 64, False)])
def test_service_names(text: str, good: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_service_name(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("system:Node_1", True),
        (".", False),
        ("..", False),
        ("a/b", False),
        ("a%b", False),
        ("", False),
        ("a" * 254, False),
    ],
)
def test_path_segments(text: str, good: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_path_segment(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [("", True), ("A_b.c-1", True), ("a" * 63, True), ("a" * 64, False), ("-a", False), ("a.", False), ("a b", False)],
)
def test_label_values(text: str, good: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_label_value(text) is good


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("a", True),
        ("example.com/A_b", True),
        ("a" * 63, True),
        ("a" * 64, False),
        ("", False),
        ("/a", False),
        ("example.com/", False),
        ("Example.com/a", False),
        ("a/b/c", False),
    ],
)
def test_qualified_names(text: str, good: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_qualified_name(text) is good
