from typing import Any

import pytest

from policies.rules.release_replicas import RELEASE_REPLICAS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged

_RELEASE = "kubernetes:helm.sh/v3:Release"


def _judged(count: object, chart: object = "coder", **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged(RELEASE_REPLICAS, _RELEASE, {"chart": chart, "values": {"coder": {"replicaCount": count}}}, **config)


@pytest.mark.parametrize("count", [None, 0, 1, 1.0])
def test_one_is_enough(count: object) -> None:
    assert _judged(count) == Judged([], [])


@pytest.mark.parametrize("count", [2, 2.0, 100])
def test_more_need_a_licence(count: float) -> None:
    (sentence,) = _judged(count).sentences
    assert sentence == (
        f"The value coder.replicaCount of Release 'thing' must be at most 1 without a licence: it is {int(count)}."
    )
    assert _judged(count, licensed=True) == Judged([], [])


@pytest.mark.parametrize("count", ["2", True, 1.5, -1, [1], {"a": 1}])
def test_what_is_no_count(count: object) -> None:
    wanted = ["The value coder.replicaCount of Release 'thing' must be a whole number: its value is none."]
    assert _judged(count).sentences == wanted
    assert _judged(count, licensed=True).sentences == wanted


def test_unknown_values_other_charts_other_types_exemptions() -> None:
    assert len(_judged(UNKNOWN).open) == 1
    assert len(_judged(2, UNKNOWN).open) == 1
    assert _judged(2, "other") == Judged([], [])
    assert judged(RELEASE_REPLICAS, "kubernetes:core/v1:ConfigMap", {"chart": "coder"}) == Judged([], [])
    assert _judged(2, exemptions=exempting("Release thing")).sentences == []
    assert len(_judged(2, exemptions=exempting("Release thing", expires="2020-01-01")).sentences) == 1
