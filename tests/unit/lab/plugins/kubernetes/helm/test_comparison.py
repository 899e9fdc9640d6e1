"""Diffs and outputs of a release."""

from datetime import UTC, datetime
from pathlib import Path

from lab.plugins.kubernetes.helm_release_arguments import install_arguments, uninstall_arguments, upgrade_arguments
from lab.plugins.kubernetes.helm_release_client import InstalledRelease
from lab.plugins.kubernetes.helm_release_diff import compare_release
from lab.plugins.kubernetes.helm_release_events import describe_warnings
from lab.plugins.kubernetes.helm_release_outputs import recorded_inputs, release_outputs, resource_names
from lab.plugins.protocol.results import DiffKind
from lab.plugins.protocol.values import UNKNOWN, Properties, Secret

_BASE: Properties = {"name": "web", "namespace": "apps", "values": {"a": 1, "list": [1, 2]}, "version": "1.0.0"}


def kinds(old: Properties, new: Properties, state: Properties | None = None) -> dict[str, str]:
    lines = compare_release(old, new, state if state is not None else old)
    return {path: line.kind.value for path, line in lines.items()}


def test_nothing_changed() -> None:
    assert kinds(_BASE, _BASE) == {}
    assert kinds(_BASE, {**_BASE, "values": Secret(_BASE["values"])}) == {}


def test_changes_by_path() -> None:
    new = {**_BASE, "values": {"b": {"c": 1}, "list": [1, 3, 4]}, "version": "2.0.0"}
    assert kinds(_BASE, new) == {
        "values.a": "DELETE",
        "values.b": "ADD",
        "values.list[1]": "UPDATE",
        "values.list[2]": "ADD",
        "version": "UPDATE",
    }


def test_one_is_not_true() -> None:
    assert kinds({"values": {"a": 1}}, {"values": {"a": True}}) == {"values.a": "UPDATE"}
    assert kinds({"values": {"a": 1}}, {"values": {"a": 1.0}}) == {}


def test_name_and_namespace_replace() -> None:
    assert kinds(_BASE, {**_BASE, "name": "other"}) == {"name": "UPDATE_REPLACE"}
    assert kinds(_BASE, {**_BASE, "namespace": "other"}) == {"namespace": "UPDATE_REPLACE"}
    assert kinds(_BASE, {**_BASE, "values": {**_BASE["values"], "name": "x"}}) == {"values.name": "ADD"}


def test_unknown_is_a_change() -> None:
    assert kinds(_BASE, {**_BASE, "values": {"a": UNKNOWN, "list": [1, 2]}}) == {"values.a": "UPDATE"}
    assert kinds(_BASE, {**_BASE, "name": UNKNOWN}) == {"name": "UPDATE_REPLACE"}


def test_state_that_drifted_is_a_change() -> None:
    state = {**_BASE, "values": {**_BASE["values"], "a": 2, "theirs": 3}}
    assert kinds(_BASE, _BASE, state) == {"values.a": "UPDATE"}


def test_replacing_kinds_are_marked() -> None:
    line = compare_release(_BASE, {**_BASE, "name": "other"}, _BASE)["name"]
    assert line.kind is DiffKind.UPDATE_REPLACE


_INSTALLED = InstalledRelease(
    name="web",
    namespace="apps",
    revision=3,
    status="deployed",
    description="Upgrade complete",
    manifest="",
    values={"a": 1, "token": "hidden"},
    chart="small",
    version="1.0.1",
    app_version="7",
)


def test_outputs_keep_secrets_and_inputs() -> None:
    inputs = {**_BASE, "values": {"a": 1, "token": Secret("hidden")}}
    outputs = release_outputs(inputs, _INSTALLED)
    assert isinstance(outputs["values"]["token"], Secret)
    assert isinstance(outputs["__inputs"], Secret)
    assert "hidden" not in repr(outputs)
    assert outputs["version"] == "1.0.1"
    assert outputs["status"]["revision"] == 3
    assert recorded_inputs(outputs) == inputs


def test_a_preview_does_not_guess() -> None:
    outputs = release_outputs(_BASE, None)
    assert outputs["status"] is UNKNOWN
    assert outputs["resourceNames"] is UNKNOWN
    assert outputs["values"] == _BASE["values"]


def test_resource_names() -> None:
    manifest = """
---
# only a comment
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
---
apiVersion: v1
kind: Service
metadata: {name: b}
---
apiVersion: v1
kind: Service
metadata: {name: a, annotations: {when: 2020-01-01, sign: =}}
"""
    assert resource_names(manifest) == {"Deployment.apps/apps/v1": ["apps/web"], "Service/v1": ["a", "b"]}


def test_arguments_hold_no_values() -> None:
    release = {
        **_BASE,
        "values": {"token": "hidden-value"},
        "timeout": 60,
        "atomic": True,
        "createNamespace": True,
        "maxHistory": 4,
        "cleanupOnFail": True,
        "waitForJobs": True,
    }
    install = install_arguments(release, Path("chart"), Path("values.json"), "owner")
    upgrade = upgrade_arguments(release, Path("chart"), Path("values.json"), "owner")
    assert "hidden-value" not in " ".join([*install, *upgrade])
    assert {"--atomic", "--create-namespace", "--wait", "--wait-for-jobs"} <= set(install)
    assert "--cleanup-on-fail" not in install
    assert upgrade[-2:] == ["--history-max", "4"]
    assert "--create-namespace" not in upgrade
    assert install[install.index("--timeout") + 1] == "60s"


def test_skip_await() -> None:
    release = {**_BASE, "skipAwait": True, "waitForJobs": True, "timeout": 0}
    assert not {"--wait", "--wait-for-jobs"} & set(install_arguments(release, Path("c"), Path("v"), "o"))
    assert "--wait" not in uninstall_arguments(release)
    assert "--wait" in uninstall_arguments({**release, "atomic": True})


def test_warnings_are_those_of_the_release_since_it_began() -> None:
    def event(name: str, when: str, kind: str = "Warning") -> dict[str, object]:
        about = {"kind": "Pod", "name": name}
        return {"type": kind, "reason": "Failed", "message": "no", "lastTimestamp": when, "involvedObject": about}

    events = [
        event("web-7d4f-x2", "2026-01-01T00:00:02Z"),
        event("web-7d4f-x2", "2026-01-01T00:00:03Z"),
        event("web-7d4f-x1", "2025-01-01T00:00:00Z"),
        event("website", "2026-01-01T00:00:02Z"),
        event("web-7d4f-x3", "2026-01-01T00:00:02Z", "Normal"),
        event("web", "never"),
    ]
    assert describe_warnings(events, {"web"}, datetime(2026, 1, 1, tzinfo=UTC)) == ["Pod 'web-7d4f-x2': Failed: no"]
