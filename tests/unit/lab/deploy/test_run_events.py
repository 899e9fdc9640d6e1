"""What a run's events come to: one outcome a resource, violations once, words without colour codes."""

from typing import Any

from pulumi.automation import EngineEvent

from lab.deploy.run_events import RunEvents

URN = "urn:pulumi:dev::spt-flow::kubernetes:core/v1:ConfigMap::settings"


def step(kind: str, op: str, urn: str = URN) -> EngineEvent:
    metadata: dict[str, Any] = {"op": op, "urn": urn, "type": "kubernetes:core/v1:ConfigMap", "provider": ""}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, kind: {"metadata": metadata}})


def words(message: str, severity: str, *, ephemeral: bool = False) -> EngineEvent:
    event = {"message": message, "color": "raw", "severity": severity, "ephemeral": ephemeral}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "diagnosticEvent": event})


def violation(message: str) -> EngineEvent:
    event = {"message": message, "policyName": "p", "enforcementLevel": "mandatory", "resourceUrn": URN}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, "policyEvent": event})


def test_a_created_resource_is_one_pending_change() -> None:
    events = RunEvents()
    events(step("resourcePreEvent", "create"))
    events(step("resOutputsEvent", "create"))
    assert [(change.name, change.operation) for change in events.pending_changes()] == [("settings", "create")]


def test_the_steps_of_a_replacement_are_one_replacement() -> None:
    events = RunEvents()
    for op in ("create-replacement", "replace", "delete-replaced"):
        events(step("resourcePreEvent", op))
        events(step("resOutputsEvent", op))
    assert [change.operation for change in events.pending_changes()] == ["replace"]


def test_a_refresh_before_an_update_does_not_hide_the_update() -> None:
    events = RunEvents()
    for op in ("refresh", "update", "same"):
        events(step("resourcePreEvent", op))
    assert [change.operation for change in events.pending_changes()] == ["update"]


def test_a_refreshed_and_unchanged_resource_is_no_change() -> None:
    events = RunEvents()
    for op in ("refresh", "same"):
        events(step("resourcePreEvent", op))
        events(step("resOutputsEvent", op))
    assert events.pending_changes() == []


def test_a_failed_step_is_marked() -> None:
    events = RunEvents()
    events(step("resourcePreEvent", "create"))
    events(step("resOpFailedEvent", "create"))
    assert events.changes[URN].failed


def test_a_violation_is_the_rules_sentence_alone_and_is_kept_once() -> None:
    events = RunEvents()
    for _ in range(2):
        events(violation("<{%reset%}>Workloads need limits.\nThe Pod 'a' must have a CPU limit.<{%reset%}>\n"))
    assert [found.message for found in events.mandatory()] == ["The Pod 'a' must have a CPU limit."]


def test_errors_and_status_lines_go_where_they_belong() -> None:
    seen: list[str] = []
    events = RunEvents(on_status=seen.append)
    events(words("<{%fg 1%}>it broke<{%reset%}>", "error"))
    events(words("waiting for the pod\nmore", "info", ephemeral=True))
    assert events.errors == ["it broke"]
    assert seen == ["waiting for the pod"]
