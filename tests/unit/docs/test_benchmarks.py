"""docs/benchmarks.md: what requirements say of it is there, and within its limit."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks.md"

REQUIRED = {
    r"workspace,? from `?create`? to agent ready": 30.0,
    r"workspace from create to a Go repository cloned, built and tested": 5 * 60.0,
    r"cold: clone to deployed, nothing cached": 20 * 60.0,
    r"pod on the workspace image, from create to ready, image present": 30.0,
}
"""How the names of figures begin, and the seconds that the requirement allows."""


def medians(page: str) -> dict[str, float]:
    """Return the medians that are given in seconds, by the figure's name."""
    rows = re.findall(r"^\| (?P<name>[^|]+) \| (?P<median>[\d.]+) s \|", page, re.MULTILINE)
    return {name: float(median) for name, median in rows}


@pytest.mark.parametrize("figure", REQUIRED)
def test_a_figure_that_a_requirement_names_is_within_its_limit(figure: str) -> None:
    found = [median for name, median in medians(PAGE.read_text(encoding="utf-8")).items() if re.match(figure, name)]
    assert len(found) == 1, f"docs/benchmarks.md has {len(found)} figures that begin with '{figure}'"
    assert found[0] <= REQUIRED[figure]


def test_other_units_are_not_taken_for_seconds() -> None:
    assert medians("| a | 2.0 s | x |\n| b | 2.0 % | x |\n") == {"a": 2.0}
