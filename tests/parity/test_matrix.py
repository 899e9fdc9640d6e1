"""The same programs on the official plugin and on ours: same operations, diffs, IDs, outputs, secrets and failures."""

import pytest

from tests.parity.case import Case
from tests.parity.deviations import sort_out
from tests.parity.difference import compare, table
from tests.parity.matrix import CASES
from tests.parity.side import Side, find_official

pytestmark = [
    pytest.mark.official,
    pytest.mark.skipif(find_official() is None, reason="not run: the official plugin is not on PATH"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same(case: Case, official_side: Side, our_side: Side) -> None:
    official = official_side.run(case)
    ours = our_side.run(case)
    differences = [
        one for step in case.steps for one in compare(case.name, step.name, official[step.name], ours[step.name])
    ]
    unnamed, stale = sort_out(case.name, differences)
    told = "".join(
        f"\n  {step.name}: {message}"
        for step in case.steps
        if official[step.name].succeeded != ours[step.name].succeeded
        for message in (official[step.name].messages + ours[step.name].messages)
    )
    assert not unnamed, f"{len(unnamed)} differences without a name:\n{table(unnamed)}{told}"
    assert not stale, f"not observed any more: {', '.join(deviation.name for deviation in stale)}"
