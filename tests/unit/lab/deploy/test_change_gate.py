"""What a plan would take away, from the engine's events to the refusal."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import EngineEvent

from lab.deploy.change_gate import check_changes, planned_changes
from lab.deploy.run_events import RunEvents
from lab.deploy.run_failure import PolicyViolationError

_TYPE = "kubernetes:core/v1:PersistentVolumeClaim"
_RULE = "volume-forbids-replacement"


def _step(operation: str, name: str = "data", **old: object) -> EngineEvent:
    urn = f"urn:pulumi:dev::spt-flow::{_TYPE}::{name}"
    state = {"type": _TYPE, "urn": urn, "id": name, "parent": "", "provider": ""}
    inputs = {"metadata": {"name": name, "namespace": "tools"}}
    metadata: dict[str, Any] = {"op": operation, "urn": urn, "type": _TYPE, "provider": ""}
    metadata["old"] = None if operation == "create" else {**state, "inputs": inputs, "outputs": {}, **old}
    metadata["new"] = None if operation == "delete" else {**state, "inputs": {}, "outputs": {}}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata}})


def _events(*steps: EngineEvent) -> RunEvents:
    events = RunEvents()
    for step in steps:
        events(step)
    return events


def _config(folder: Path, entry: object, everywhere: str = "mandatory") -> Path:
    path = folder / "dev.json"
    path.write_text(json.dumps({"all": everywhere, _RULE: entry}), encoding="utf-8")
    return path


def test_steps_become_changes_in_their_order() -> None:
    changes = planned_changes(_events(_step("create", "new"), _step("delete", retainOnDelete=True)).steps)
    assert [(change.operation, change.name, change.is_retained) for change in changes] == [
        ("create", "new", False),
        ("delete", "data", True),
    ]
    assert changes[0].old.is_missing
    assert changes[1].old.get("metadata", "name").value == "data"


@pytest.mark.parametrize("entry", [{"enforcementLevel": "mandatory"}, "mandatory", {}, "remediate"])
def test_a_plan_that_takes_a_volume_away_is_refused(tmp_path: Path, entry: object) -> None:
    events = _events(_step("create-replacement"), _step("replace"), _step("delete-replaced"))
    with pytest.raises(PolicyViolationError) as refused:
        check_changes(events, _config(tmp_path, entry))
    (violation,) = refused.value.violations
    assert (violation.policy, violation.level) == (_RULE, "mandatory")
    assert violation.urn.endswith("::data")
    assert violation.message.startswith("PersistentVolumeClaim 'tools/data' must not be replaced")


def test_without_a_configuration_the_rule_holds_too() -> None:
    with pytest.raises(PolicyViolationError):
        check_changes(_events(_step("delete")), None)


def test_an_advisory_rule_is_told_and_does_not_stop(tmp_path: Path) -> None:
    events = _events(_step("delete"))
    check_changes(events, _config(tmp_path, {}, everywhere="advisory"))
    assert [violation.level for violation in events.violations] == ["advisory"]


@pytest.mark.parametrize("entry", ["disabled", {"enforcementLevel": "disabled"}])
def test_a_disabled_rule_says_nothing(tmp_path: Path, entry: object) -> None:
    events = _events(_step("delete"))
    check_changes(events, _config(tmp_path, entry))
    assert events.violations == []


def test_an_exempted_volume_may_go(tmp_path: Path) -> None:
    exemption = {"resource": "PersistentVolumeClaim tools/data", "reason": "moved elsewhere", "expires": "2999-12-31"}
    events = _events(_step("delete"), _step("update", "other"))
    check_changes(events, _config(tmp_path, {"exemptions": [exemption]}))
    assert events.violations == []
