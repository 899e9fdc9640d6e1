from typing import Any

import pytest

from policies.rules.release_options import RELEASE_OPTIONS
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged

_RELEASE = "kubernetes:helm.sh/v3:Release"
_SWITCHES = (
    "atomic",
    "cleanupOnFail",
    "createNamespace",
    "dependencyUpdate",
    "disableOpenapiValidation",
    "disableWebhooks",
    "forceUpdate",
    "recreatePods",
    "replace",
    "reuseValues",
    "skipAwait",
    "skipCrds",
    "takeOwnership",
)


def _judged(config: dict[str, Any] | None = None, **changes: Any) -> Judged:  # noqa: ANN401 - any input
    props = {"timeout": 600, "maxHistory": 5, "postrender": "", **dict.fromkeys(_SWITCHES, False), **changes}
    return judged(RELEASE_OPTIONS, _RELEASE, props, **(config or {}))


def test_options_as_the_plugin_completes_them_pass() -> None:
    assert _judged() == Judged([], [])
    assert _judged(**dict.fromkeys(_SWITCHES), postrender=None) == Judged([], [])
    assert _judged(timeout=1, maxHistory=1) == Judged([], [])
    assert _judged(timeout=1800, maxHistory=100) == Judged([], [])


@pytest.mark.parametrize("option", _SWITCHES)
@pytest.mark.parametrize("value", [True, "false", 1, []])
def test_switches_are_off(option: str, value: object) -> None:
    (sentence,) = _judged(config=None, **{option: value}).sentences
    assert sentence.startswith(f"Release 'thing' must not have the option {option}: ")


def test_nothing_renders_after_the_chart() -> None:
    assert _judged(postrender="/bin/true").sentences == [
        "Release 'thing' must not have the option postrender: what is sent would not be what the chart renders."
    ]


@pytest.mark.parametrize(
    ("timeout", "found"),
    [(0, "it is 0"), (1801, "it is 1801"), (-5, "it is -5"), (None, "it has none"), ("600", "it has none")],
)
def test_the_wait_has_an_end(timeout: object, found: str) -> None:
    assert _judged(timeout=timeout).sentences == [f"Release 'thing' must have a timeout of 1 to 1800 seconds: {found}."]


@pytest.mark.parametrize(
    ("history", "found"), [(0, "it is 0"), (101, "it is 101"), (None, "it has none"), (True, "it has none")]
)
def test_the_history_has_an_end(history: object, found: str) -> None:
    assert _judged(maxHistory=history).sentences == [
        f"Release 'thing' must have a maxHistory of 1 to 100, so that old revisions end: {found}."
    ]


def test_the_longest_history_is_a_setting() -> None:
    assert len(_judged({"maxRevisions": 4}).sentences) == 1
    assert _judged({"maxRevisions": 5}).sentences == []


def test_the_longest_wait_is_a_setting() -> None:
    assert len(_judged({"maxTimeoutSeconds": 60}).sentences) == 1
    assert _judged({"maxTimeoutSeconds": 600}).sentences == []


@pytest.mark.parametrize("key", ["timeout", "maxHistory", "skipAwait", "postrender"])
def test_unknown_values_hide_only_themselves(key: str) -> None:
    found = _judged(config=None, **{key: UNKNOWN, "atomic": True})
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_other_types_and_exemptions() -> None:
    assert judged(RELEASE_OPTIONS, "kubernetes:core/v1:ConfigMap", {}) == Judged([], [])
    assert _judged({"exemptions": exempting("Release thing")}, atomic=True).sentences == []
    expired = {"exemptions": exempting("Release thing", expires="2020-01-01")}
    assert len(_judged(expired, atomic=True).sentences) == 1
