from typing import Any

import pytest

from policies.rules.release_resources import RELEASE_RESOURCES
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged

_RELEASE = "kubernetes:helm.sh/v3:Release"
_GOOD = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"}}


def _judged(resources: object, chart: object = "coder", **config: Any) -> Judged:  # noqa: ANN401 - any setting
    props = {"chart": chart, "values": {"coder": {"resources": resources}}}
    return judged(RELEASE_RESOURCES, _RELEASE, props, **config)


def _with(kind: str, name: str, value: object) -> dict[str, Any]:
    return {key: {**amounts, **({name: value} if key == kind else {})} for key, amounts in _GOOD.items()}


def test_named_resources_pass() -> None:
    assert _judged(_GOOD) == Judged([], [])
    assert _judged(_GOOD, "oci://ghcr.io/coder/chart/coder") == Judged([], [])


@pytest.mark.parametrize("resources", [None, {}, "much", [], {"requests": None, "limits": 7}])
def test_what_is_no_resources_lacks_all_four(resources: object) -> None:
    assert len(_judged(resources).sentences) == 4


def test_no_values_at_all() -> None:
    assert len(judged(RELEASE_RESOURCES, _RELEASE, {"chart": "coder"}).sentences) == 4


@pytest.mark.parametrize("kind", ["requests", "limits"])
@pytest.mark.parametrize("name", ["cpu", "memory"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "have {}: the chart would choose it"),
        ("much", "have a Kubernetes quantity in {}: its value is none"),
        (["1"], "have a Kubernetes quantity in {}: its value is none"),
    ],
)
def test_each_amount_counts(kind: str, name: str, value: object, words: str) -> None:
    complaint = words.format(f"{kind}.{name}")
    wanted = [f"The value coder.resources of Release 'thing' must {complaint}."]
    assert _judged(_with(kind, name, value)).sentences == wanted


def test_amounts_are_above_zero_and_requests_within_limits() -> None:
    assert _judged(_with("requests", "cpu", "0")).sentences == [
        "The value coder.resources of Release 'thing' must have requests.cpu above zero: it is 0."
    ]
    assert _judged(_with("requests", "memory", "1025Mi")).sentences == [
        (
            "The value coder.resources of Release 'thing' must not request more memory than its limit: "
            "it requests 1025Mi, and its limit is 1Gi."
        )
    ]
    assert _judged(_with("requests", "cpu", "2000m")) == Judged([], [])
    assert "must not request more cpu than its limit" in _judged(_with("requests", "cpu", "3")).sentences[0]
    assert len(_judged({"requests": {"cpu": "x", "memory": "y"}, "limits": {"cpu": [], "memory": {}}}).sentences) == 4


def test_unknown_values_hide_only_themselves() -> None:
    found = _judged({"requests": UNKNOWN, "limits": {"cpu": "1"}})
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert _judged(_GOOD, UNKNOWN).open
    assert not _judged({}, UNKNOWN).sentences


def test_charts_and_places_are_settings() -> None:
    assert _judged({}, "other") == Judged([], [])
    assert len(_judged(_GOOD, "other", charts={"other": ["resources", "coder.resources"]}).sentences) == 4


def test_other_types_and_exemptions() -> None:
    assert judged(RELEASE_RESOURCES, "kubernetes:core/v1:ConfigMap", {"chart": "coder"}) == Judged([], [])
    assert _judged({}, exemptions=exempting("Release thing")).sentences == []
    assert len(_judged({}, exemptions=exempting("Release thing", expires="2020-01-01")).sentences) == 4
