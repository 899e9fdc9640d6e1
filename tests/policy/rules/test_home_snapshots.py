from typing import Any

import pytest

from policies.rules.home_snapshots import HOME_SNAPSHOTS
from tests.support.analyzer import UNKNOWN, StackItem
from tests.support.judged import Judged, exempting, judged_stack

_CLASS = StackItem("kubernetes:snapshot.storage.k8s.io/v1:VolumeSnapshotClass", {"metadata": {"name": "x"}}, "class")
_CONFIG: dict[str, Any] = {"namespaces": ["homes"], "schedule": "CronJob tools/snapshots"}


def _namespace(name: object = "homes") -> StackItem:
    return StackItem("kubernetes:core/v1:Namespace", {"metadata": {"name": name}}, "namespace")


def _job(schedule: object = "0 3 * * *", suspend: object = None, name: object = "snapshots") -> StackItem:
    props = {
        "metadata": {"name": name, "namespace": "tools"},
        "spec": {"schedule": schedule, **({} if suspend is None else {"suspend": suspend})},
    }
    return StackItem("kubernetes:batch/v1:CronJob", props, "job")


def _judged(*items: StackItem, **config: Any) -> Judged:  # noqa: ANN401 - any setting
    return judged_stack(HOME_SNAPSHOTS, list(items), **{**_CONFIG, **config})


@pytest.mark.parametrize("schedule", ["0 3 * * *", "*/30 * * * *", "@daily", "@hourly", "@midnight"])
def test_a_stack_with_its_schedule_passes(schedule: str) -> None:
    assert _judged(_namespace(), _job(schedule), _CLASS) == Judged([], [])


def test_a_stack_without_one_does_not() -> None:
    wanted = ["Namespace 'homes' must have snapshots of its volumes: the stack has no CronJob tools/snapshots."]
    assert _judged(_namespace()).sentences == wanted
    assert _judged(_namespace("tools"), _namespace(), _job(name="homes")).sentences == wanted
    assert _judged(_namespace(), _job(name="others"), _CLASS).sentences == wanted


@pytest.mark.parametrize("schedule", ["0 3 * * 0", "0 3 1 * *", "0 3 * 1 *", "@weekly", "", None, 7, ["0", "3"]])
def test_a_schedule_that_leaves_days_out(schedule: object) -> None:
    assert _judged(_namespace(), _job(schedule), _CLASS).sentences == [
        "CronJob 'tools/snapshots' must run every day: its schedule leaves days out, or is none."
    ]


@pytest.mark.parametrize("suspend", [True, "false", 1])
def test_a_suspended_schedule(suspend: object) -> None:
    (sentence,) = _judged(_namespace(), _job(suspend=suspend), _CLASS).sentences
    assert sentence.startswith("CronJob 'tools/snapshots' must not be suspended")


def test_a_schedule_without_a_class() -> None:
    assert _judged(_namespace(), _job()).sentences == [
        "CronJob 'tools/snapshots' must have a VolumeSnapshotClass to make snapshots with: the stack has none."
    ]


def test_stacks_that_need_none() -> None:
    assert _judged(_namespace("tools")) == Judged([], [])
    assert _judged(_namespace(), requireSnapshotSchedule=False) == Judged([], [])


def test_unknown_values() -> None:
    for job in (_job(name=UNKNOWN), _job(UNKNOWN), _job(suspend=UNKNOWN)):
        found = _judged(_namespace(), job, _CLASS)
        assert (found.sentences, len(found.open)) == ([], 1)
    assert len(_judged(_namespace(UNKNOWN)).open) == 1
    found = _judged(_namespace(), _job(UNKNOWN, suspend=True), _CLASS)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_an_exemption_counts_until_its_day() -> None:
    assert _judged(_namespace(), exemptions=exempting("Namespace homes")).sentences == []
    assert len(_judged(_namespace(), exemptions=exempting("Namespace homes", expires="2020-01-01")).sentences) == 1
