import pytest

from policies.subjects.node_path import NodePath


@pytest.mark.parametrize("text", ["/dev/kvm", "//dev//kvm", "/dev/kvm/", "/./dev/./kvm/.", "dev/kvm", "/../dev/kvm"])
def test_one_path_has_many_spellings(text: str) -> None:
    assert NodePath.parse(text).segments == ("dev", "kvm")


@pytest.mark.parametrize("text", ["/dev/kvmx", "/dev", "/dev/kvm/x", "/DEV/kvm", "/dev/ kvm", "/dev\\kvm"])
def test_others_are_others(text: str) -> None:
    assert NodePath.parse(text).segments != ("dev", "kvm")


@pytest.mark.parametrize(("text", "steps_back"), [("/a/../b", True), ("..", True), ("/a/..b", False), ("/a", False)])
def test_steps_back_are_remembered(text: str, steps_back: bool) -> None:  # noqa: FBT001 - a column
    assert NodePath.parse(text).has_steps_back is steps_back


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [("/", "/dev", True), ("/dev", "/dev", True), ("/dev", "/device", False), ("/dev/kvm", "/dev", False)],
)
def test_a_path_holds_itself_and_what_is_below(upper: str, lower: str, expected: bool) -> None:  # noqa: FBT001 - a column
    assert NodePath.parse(upper).holds(NodePath.parse(lower)) is expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "/"),
        ("/etc//x", "/etc/x"),
        ("/" + "x" * 99, "/" + "x" * 99),
        ("/" + "x" * 100, "with unusual characters"),
        ("/a b", "with unusual characters"),
        ("/ä", "with unusual characters"),
        ("/a\n", "with unusual characters"),
    ],
)
def test_only_plain_paths_are_repeated(text: str, told: str) -> None:
    assert NodePath.parse(text).told == told
