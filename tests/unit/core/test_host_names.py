import pytest

from core.host_names import covers, is_cluster_internal, is_host_name, is_loopback


@pytest.mark.parametrize(
    ("host", "internal"),
    [
        ("coder", True),
        ("coder.coder.svc", True),
        ("coder.coder.svc.cluster.local", True),
        ("printer.local", True),
        ("coder.example.com", False),
        ("svc.example.com", False),
        ("10.0.0.1", False),
        ("2001:db8::1", False),
    ],
)
def test_names_that_only_a_cluster_knows(host: str, internal: bool) -> None:  # noqa: FBT001 - a column
    assert is_cluster_internal(host) is internal


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", True),  # noqa: S104 - text
        ("10.0.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_names_that_lead_back(host: str, loopback: bool) -> None:  # noqa: FBT001 - a column
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("a.example.com", "a.example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.com", "*.example.com", False),
        ("*.example.com", ".example.com", False),
        ("a.example.com", "*.example.com", False),
    ],
)
def test_a_star_covers_one_label(pattern: str, host: str, covered: bool) -> None:  # noqa: FBT001 - a column
    assert covers(pattern, host) is covered


@pytest.mark.parametrize(
    ("text", "fine"),
    [("a.example.com", True), ("*.example.com", True), ("*", False), ("*-x.example.com", False), ("A.b", False)],
)
def test_host_names_of_entries(text: str, fine: bool) -> None:  # noqa: FBT001 - a column
    assert is_host_name(text) is fine
