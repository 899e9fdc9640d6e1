import pytest

from core.coder_chart import KEYS_SINCE, chart_version


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2.36.3", (2, 36, 3)), ("2.27.0-rc.1", (2, 27, 0)), ("2.27.0+build-7", (2, 27, 0)), ("2.9.0", (2, 9, 0))],
)
def test_versions_compare_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert chart_version(text) == numbers


def test_every_key_says_a_version() -> None:
    assert all(len(chart_version(since)) == 3 for since in KEYS_SINCE.values())
