"""The comparison itself: it must see what differs, and must not let a deviation outlive its cause."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.parity import deviations
from tests.parity.deviations import Deviation, sort_out
from tests.parity.difference import Difference, compare, table
from tests.parity.matrix import CASES
from tests.parity.observation import Observation, Resource, observe

_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
_RESOURCE = Resource("NAMESPACE/a", frozenset({"data.a"}), frozenset({"data.a"}), frozenset(), init_errors=False)
_SAME = Observation(
    succeeded=True,
    operations={"core/v1:ConfigMap::a": ["create"]},
    details={"core/v1:ConfigMap::a": {"data.a": "update"}},
    previewed={"core/v1:ConfigMap::a": {"metadata.uid": "unknown"}},
    state={"core/v1:ConfigMap::a": _RESOURCE},
)


def differing(**changes: Any) -> list[str]:  # noqa: ANN401 - fields of an Observation
    return [one.aspect for one in compare("case", "step", _SAME, replace(_SAME, **changes))]


def test_equal_observations_do_not_differ() -> None:
    assert differing() == []


@pytest.mark.parametrize(
    ("changes", "aspect"),
    [
        ({"succeeded": False}, "outcome"),
        ({"operations": {"core/v1:ConfigMap::a": ["update"]}}, "operations"),
        ({"details": {}}, "detail"),
        ({"previewed": {"core/v1:ConfigMap::a": {"metadata.uid": "known"}}}, "previewed"),
        ({"state": {}}, "state"),
        ({"state": {"core/v1:ConfigMap::a": replace(_RESOURCE, id="b")}}, "id"),
        ({"state": {"core/v1:ConfigMap::a": replace(_RESOURCE, init_errors=True)}}, "init errors"),
        ({"state": {"core/v1:ConfigMap::a": replace(_RESOURCE, outputs=frozenset())}}, "outputs"),
        ({"state": {"core/v1:ConfigMap::a": replace(_RESOURCE, inputs=frozenset({"data.b", "data.a"}))}}, "inputs"),
        ({"state": {"core/v1:ConfigMap::a": replace(_RESOURCE, secrets=frozenset({"data.a"}))}}, "secrets"),
    ],
)
def test_every_kind_of_difference_is_seen(changes: dict[str, Any], aspect: str) -> None:
    assert differing(**changes) == [aspect]


def test_a_state_is_read_with_names_freed_of_chance() -> None:
    kept = {
        "urn": "urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::a",
        "type": "kubernetes:core/v1:ConfigMap",
        "custom": True,
        "id": "row-ours/a-0123abcd",
        "inputs": {"data": {"k": "v"}},
        "outputs": {"data": {"k": _SECRET, "l": [1, {"m": 2}]}, "metadata": {"managedFields": [{"manager": "x"}]}},
        "initErrors": ["no"],
    }
    provider = {"urn": "urn:pulumi:s::p::pulumi:providers:kubernetes::k", "type": "pulumi:providers:kubernetes"}
    seen = observe([], {"resources": [kept, {**provider, "custom": True}]}, "row-ours", succeeded=True, preview=False)
    found = seen.state["core/v1:ConfigMap::a"]
    assert list(seen.state) == ["core/v1:ConfigMap::a"]
    assert found.id == "NAMESPACE/a-AUTONAME"
    assert found.outputs == {"data.k", "data.l.0", "data.l.1.m", "metadata.managedFields"}
    assert found.secrets == {"data.k"}
    assert found.init_errors


def test_operations_and_details_are_read() -> None:
    metadata = SimpleNamespace(
        type="kubernetes:core/v1:ConfigMap",
        urn="urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::a",
        op="update",
        detailed_diff={"data.k": SimpleNamespace(diff_kind="update-replace")},
    )
    event = SimpleNamespace(
        resource_pre_event=SimpleNamespace(metadata=metadata), res_outputs_event=None, diagnostic_event=None
    )
    events: Any = [event]
    seen = observe(events, {}, "row-ours", succeeded=True, preview=True)
    assert seen.operations == {"core/v1:ConfigMap::a": ["update"]}
    assert seen.details == {"core/v1:ConfigMap::a": {"data.k": "update-replace"}}


_DIFFERENCE = Difference("row", "up", "core/v1:ConfigMap::a", "inputs", "data", "absent", "present")
_DEVIATION = Deviation("kept", "why", frozenset({"row"}), "inputs", item="data")


@pytest.mark.parametrize(
    ("named", "unnamed", "stale"),
    [
        ((), 1, 0),
        ((_DEVIATION,), 0, 0),
        ((replace(_DEVIATION, item="other"),), 1, 1),
        ((replace(_DEVIATION, item="other", optional=True),), 1, 0),
        ((replace(_DEVIATION, cases=frozenset({"other"})),), 1, 0),
        ((replace(_DEVIATION, cases=frozenset({"other"}), elsewhere=True),), 0, 0),
    ],
)
def test_what_is_named_and_what_is_stale(
    named: tuple[Deviation, ...], unnamed: int, stale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deviations, "DEVIATIONS", named)
    left, outlived = sort_out("row", [_DIFFERENCE])
    assert (len(left), len(outlived)) == (unnamed, stale)


def test_the_table_says_where() -> None:
    assert table([_DIFFERENCE]) == ("row:\n  up / core/v1:ConfigMap::a / inputs / data: official absent, ours present")


def test_deviations_name_cases_that_exist() -> None:
    names = {case.name for case in CASES}
    unknown = {
        deviation.name: deviation.cases - names for deviation in deviations.DEVIATIONS if deviation.cases - names
    }
    assert not unknown
